/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>

#include "commands.h"
#include "model/model-private.h"
#include "siamban-build.h"

static char *manifest_path;
static char **arguments; /* command, names */
static gboolean version;

static GOptionEntry options[] = {
    {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &manifest_path,
        "The list of published models (default: the one that is installed)",
        "FILE"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL,
        NULL},
    G_OPTION_ENTRY_NULL};

static int
usage (const char *reason)
{
  g_printerr ("siamban-models: %s; see --help\n", reason);
  return 2;
}

static int
run (char **names, gboolean (*command) (const GPtrArray *, const char *))
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = manifest_load (manifest_path, &error);
  gboolean ok = TRUE;

  if (!models) {
    g_printerr ("siamban-models: %s\n", error->message);
    return 1;
  }
  for (char **name = names; *name; name++)
    ok = command (models, *name) && ok;
  return ok ? 0 : 1;
}

static int
dispatch (const char *command, char **names)
{
  static char *nothing[] = {"", NULL};

  if (g_str_equal (command, "list"))
    return *names ? usage ("list: expected nothing more")
                  : run (nothing, command_list);
  if (!g_str_equal (command, "get") && !g_str_equal (command, "path"))
    return usage ("expected list, get or path");
  if (!*names)
    return usage ("expected the NAME of a model");
  return run (names, *command == 'g' ? command_get : command_path);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context =
      g_option_context_new ("list | get NAME... | path NAME...");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (context,
      "Lists published models, fetches them into siamban/models of the user's\n"
      "data folder (or the folder that SIAMBAN_MODELS_DIR names), and says\n"
      "where one is. Every program takes its name then: --model NAME.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return usage (error->message);
  if (version) {
    g_print ("siamban-models " SIAMBAN_VERSION "\n");
    return 0;
  }
  if (!manifest_path)
    manifest_path = siamban_data_path ("models/manifest.json");
  if (!arguments)
    return usage ("expected list, get or path");
  return dispatch (arguments[0], arguments + 1);
}
