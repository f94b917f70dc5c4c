/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/config.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/sniff.h"
#include "config/foreign.h"
#include "config/read.h"

#define MAX_SIZE (1024 * 1024)
#define BOM      "\xef\xbb\xbf"

static gboolean
config_refuse (const char *path, GError **error, const char *what)
{
  g_set_error (
      error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG, "%s: %s", path, what);
  return FALSE;
}

static char *
load_text (const char *path, gsize *size, GError **error)
{
  g_autoptr (SiambanFile) file = siamban_file_open (path, error);
  char *text;

  if (!file)
    return NULL;
  if (siamban_file_size (file) > MAX_SIZE) {
    g_autofree char *what = g_strdup_printf (
        "expected a config.yaml of at most %d bytes", MAX_SIZE);

    config_refuse (path, error, what);
    return NULL;
  }
  *size = siamban_file_size (file);
  text = (char *)siamban_file_load (file, 0, *size, error);
  if (!text)
    g_prefix_error (error, "%s: ", path);
  return text;
}

/* What is plainly something else is named for it. */
static gboolean
check_kind (const char *path, const char *text, gsize size, GError **error)
{
  const char *what = siamban_sniff (text, MIN (size, SIAMBAN_SNIFF_SIZE));
  g_autofree char *message = NULL;
  SiambanForeign foreign;

  if (!what && size > 4 && memcmp (text, "PK\3\4", 4) == 0)
    what = "an archive, maybe the checkpoint";
  if (what) {
    message = g_strdup_printf ("this is %s; expected a config.yaml", what);
    return config_refuse (path, error, message);
  }
  if (!siamban_config_is_foreign (text, size, &foreign))
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG,
      "%s:%" G_GSIZE_FORMAT ": %s: this is a %s config, expected one of "
      "SiamBAN or NanoTrack",
      path, foreign.line, foreign.key, foreign.tracker);
  return FALSE;
}

SiambanConfig *
siamban_config_new (void)
{
  SiambanConfig *config = g_new0 (SiambanConfig, 1);

  config->notes = g_ptr_array_new_with_free_func (g_free);
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
  gsize size, skip;
  g_autofree char *text = load_text (path, &size, error);
  SiambanConfig *config;

  if (!text)
    return NULL;
  skip = size >= strlen (BOM) && memcmp (text, BOM, strlen (BOM)) == 0
             ? strlen (BOM)
             : 0;
  if (!check_kind (path, text + skip, size - skip, error))
    return NULL;
  config = siamban_config_new ();
  config->path = g_strdup (path);
  if (!siamban_config_read (config, text + skip, size - skip, error))
    g_clear_pointer (&config, siamban_config_free);
  return config;
}

void
siamban_config_free (SiambanConfig *config)
{
  if (!config)
    return;
  g_ptr_array_unref (config->notes);
  g_free (config->path);
  g_free (config->backbone);
  g_free (config->adjust_type);
  g_free (config->ban_type);
  g_free (config);
}
