/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "config/reader.h"

#define MAX_SIZE (1024 * 1024)

/* Not g_file_get_contents(): it would read a device or a huge file whole. */
static char *
load_text (const char *path, size_t *size, GError **error)
{
  FILE *file = fopen (path, "rbe");
  char *text = NULL;
  if (file != NULL) {
    text = g_malloc (MAX_SIZE + 1);
    *size = fread (text, 1, MAX_SIZE + 1, file);
  }
  if (file == NULL || ferror (file)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
        g_strerror (errno));
    g_clear_pointer (&text, g_free);
  } else if (*size > MAX_SIZE) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG,
        "%s: expected a config.yaml of at most %d bytes", path, MAX_SIZE);
    g_clear_pointer (&text, g_free);
  }
  if (file != NULL)
    fclose (file);
  return text;
}

SiambanConfig *
siamban_config_new (void)
{
  SiambanConfig *config = g_new0 (SiambanConfig, 1);
  config->width_mult = NAN;
  config->adjust = -1;
  config->weighted = -1;
  config->window_influence = NAN;
  config->penalty_k = NAN;
  config->lr = NAN;
  config->context_amount = NAN;
  return config;
}

SiambanConfig *
siamban_config_load (const char *path, GError **error)
{
  size_t size;
  char *text = load_text (path, &size, error);
  if (text == NULL)
    return NULL;
  SiambanConfig *config = siamban_config_new ();
  config->path = g_strdup (path);
  if (!siamban_config_read (config, text, size, error))
    g_clear_pointer (&config, siamban_config_free);
  g_free (text);
  return config;
}

void
siamban_config_free (SiambanConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->path);
  g_free (config->backbone);
  g_free (config->adjust_type);
  g_free (config->ban_type);
  g_free (config);
}
