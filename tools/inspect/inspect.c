/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>

#include "model/files.h"
#include "report.h"

enum
{
  STATUS_FINE,
  STATUS_PROBLEMS,
  STATUS_USAGE
};

static gboolean
is_config (const char *path)
{
  char *lower = g_ascii_strdown (path, -1);
  gboolean yes =
      g_str_has_suffix (lower, ".yaml") || g_str_has_suffix (lower, ".yml");

  g_free (lower);
  return yes;
}

static gboolean
inspect (const char *path, const SiambanConfig *config, gboolean list_tensors)
{
  Report report;

  report_begin (&report, path);
  if (is_config (path))
    report_config (&report, path);
  else
    report_checkpoint (&report, path, config, list_tensors);
  return report_end (&report);
}

/* The files of a model, by its name. */
static gboolean
inspect_named (
    const char *name, const SiambanConfig *config, gboolean list_tensors)
{
  g_autofree char *checkpoint = NULL, *beside = NULL;
  GError *error = NULL;
  Report report;

  if (siamban_model_find (name, NULL, &checkpoint, &beside, &error)) {
    const gboolean fine = inspect (checkpoint, config, list_tensors);

    if (!beside)
      return fine;
    g_print ("\n");
    return inspect (beside, config, list_tensors) && fine;
  }
  report_begin (&report, name);
  report_error (&report, error);
  return report_end (&report);
}

static int
inspect_all (char **paths, const char *config_path, gboolean list_tensors)
{
  GError *error = NULL;
  SiambanConfig *config = config_path
                              ? siamban_config_load (config_path, &error)
                              : siamban_config_new ();
  gboolean fine = TRUE;

  if (!config) {
    g_printerr ("siamban-inspect: %s\n", error->message);
    g_error_free (error);
    return STATUS_PROBLEMS;
  }
  for (char **path = paths; *path; path++) {
    if (path != paths)
      g_print ("\n");
    fine = (siamban_model_is_name (*path)
                   ? inspect_named (*path, config, list_tensors)
                   : inspect (*path, config, list_tensors)) &&
           fine;
  }
  siamban_config_free (config);
  return fine ? STATUS_FINE : STATUS_PROBLEMS;
}

int
main (int argc, char **argv)
{
  char *config = NULL;
  char **paths = NULL;
  gboolean list_tensors = FALSE;
  GError *error = NULL;
  const GOptionEntry entries[] = {
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config,
          "Take the checkpoints for what this config.yaml says they are",
          "FILE"},
      {"tensors", 't', 0, G_OPTION_ARG_NONE, &list_tensors, "List every tensor",
          NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL,
          NULL},
      G_OPTION_ENTRY_NULL,
  };

  setlocale (LC_CTYPE, "");
  GOptionContext *context = g_option_context_new ("FILE...");
  g_option_context_set_summary (context,
      "Says what checkpoints (.pth, .safetensors) and configs (.yaml) hold:\n"
      "architecture, tensors, parameters, multiply-accumulates, and the\n"
      "problems found; of a model's name, both of its files. Exits with 1 if "
      "there are any.");
  g_option_context_add_main_entries (context, entries, NULL);
  gboolean parsed = g_option_context_parse (context, &argc, &argv, &error);
  g_option_context_free (context);
  int status = STATUS_USAGE;
  if (parsed && paths)
    status = inspect_all (paths, config, list_tensors);
  else
    g_printerr ("siamban-inspect: %s; see --help\n",
        parsed ? "expected a FILE" : error->message);
  g_clear_error (&error);
  g_strfreev (paths);
  g_free (config);
  return status;
}
