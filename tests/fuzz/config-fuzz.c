/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "arch/arch.h"
#include "config/config.h"

static void
use (const SiambanConfig *config)
{
  GError *error = NULL;

  for (guint i = 0; i < config->notes->len; i++)
    fuzz_check_text (config->notes->pdata[i]);
  if (config->lr < 0 || config->lr > 1 ||
      config->n_used_layers > SIAMBAN_MAX_LEVELS)
    abort ();
  if (!siamban_network_check_config (config, &error))
    fuzz_check_error (&error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *path = fuzz_file (data, size);
  GError *error = NULL;
  SiambanConfig *config;

  fuzz_begin ();
  config = siamban_config_load (path, &error);
  if (config)
    use (config);
  else
    fuzz_check_error (&error);
  siamban_config_free (config);
  fuzz_end (size);
  return 0;
}
