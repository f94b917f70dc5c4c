/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "report.h"

#define NOT_GIVEN "not given"

static void
line_text (const char *label, const char *text)
{
  report_line (label, "%s", text ? text : NOT_GIVEN);
}

static void
line_list (const char *label, const int *values, int n)
{
  GString *text = g_string_new (n == 0 ? NOT_GIVEN : NULL);

  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%d", i ? ", " : "", values[i]);
  report_line (label, "%s", text->str);
  g_string_free (text, TRUE);
}

static void
line_int (const char *label, int value)
{
  line_list (label, &value, value != 0);
}

static void
line_number (const char *label, double value)
{
  if (isnan (value))
    line_text (label, NULL);
  else
    report_line (label, "%.15g", value);
}

static void
line_bool (const char *label, int value)
{
  line_text (label, value < 0 ? NULL : value ? "True" : "False");
}

static void
print_network (const SiambanConfig *config)
{
  line_text ("backbone", config->backbone);
  line_list ("used layers", config->used_layers, config->n_used_layers);
  line_number ("width mult", config->width_mult);
  line_bool ("adjust", config->adjust);
  line_text ("adjust type", config->adjust_type);
  line_list ("adjust in", config->adjust_in, config->n_adjust_in);
  line_list ("adjust out", config->adjust_out, config->n_adjust_out);
  line_text ("head", config->ban_type);
  line_list ("head in", config->ban_in, config->n_ban_in);
  line_int ("cls channels", config->cls_out_channels);
  line_bool ("weighted", config->weighted);
  line_int ("stride", config->stride);
}

static void
print_tracker (const SiambanConfig *config)
{
  line_number ("window", config->window_influence);
  line_number ("penalty", config->penalty_k);
  line_number ("lr", config->lr);
  line_number ("context", config->context_amount);
  line_int ("exemplar size", config->exemplar_size);
  line_int ("instance size", config->instance_size);
  line_int ("base size", config->base_size);
  line_int ("output size", config->output_size);
}

void
report_config (Report *report, const char *path)
{
  GError *error = NULL;
  SiambanConfig *config = siamban_config_load (path, &error);

  report_line ("kind", "config");
  if (!config) {
    report_error (report, error);
    return;
  }
  print_network (config);
  print_tracker (config);
  for (guint i = 0; i < config->notes->len; i++)
    report_line (
        "note", "%s", (const char *)g_ptr_array_index (config->notes, i));
  if (!siamban_network_check_config (config, &error))
    report_error (report, error);
  siamban_config_free (config);
}
