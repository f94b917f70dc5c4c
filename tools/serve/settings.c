/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <string.h>

#include <yaml.h>

#define MOST_BYTES 65536

typedef enum
{
  SETTING_VALUE,
  SETTING_SWITCH,
  SETTING_LIST
} SettingType;

static const struct
{
  const char *name;
  SettingType type;
} settings[] = {
    {"source", SETTING_VALUE},
    {"listen", SETTING_VALUE},
    {"loop", SETTING_SWITCH},
    {"name", SETTING_VALUE},
    {"token", SETTING_VALUE},
    {"open-to-all", SETTING_SWITCH},
    {"host", SETTING_LIST},
    {"rtsp", SETTING_VALUE},
    {"rtsp-draw", SETTING_SWITCH},
    {"json", SETTING_VALUE},
    {"mqtt", SETTING_VALUE},
    {"mqtt-prefix", SETTING_VALUE},
    {"mqtt-ca", SETTING_VALUE},
    {"model", SETTING_VALUE},
    {"config", SETTING_VALUE},
    {"mode", SETTING_VALUE},
    {"precision", SETTING_VALUE},
    {"threads", SETTING_VALUE},
    {"interval", SETTING_VALUE},
    {"lost-for", SETTING_VALUE},
    {"history", SETTING_VALUE},
};

#define N_SETTINGS G_N_ELEMENTS (settings)

/* What is given for each of them. */
typedef GPtrArray *Given[N_SETTINGS];

static gboolean
settings_refuse (GError **error, const char *where, const char *what)
{
  g_autofree char *shown = g_strescape (where, NULL);

  g_set_error (
      error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s", shown, what);
  return FALSE;
}

static gboolean
settings_find (const char *name, gsize *which)
{
  for (*which = 0; *which < N_SETTINGS; (*which)++) {
    if (g_str_equal (settings[*which].name, name))
      return TRUE;
  }
  return FALSE;
}

static const char *
text_of (const yaml_node_t *node)
{
  return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                        : NULL;
}

static gboolean
read_values (yaml_document_t *document, yaml_node_t *node, gsize which,
    GPtrArray *values)
{
  if (text_of (node)) {
    g_ptr_array_add (values, g_strdup (text_of (node)));
    return TRUE;
  }
  if (node->type != YAML_SEQUENCE_NODE || settings[which].type != SETTING_LIST)
    return FALSE;
  for (yaml_node_item_t *item = node->data.sequence.items.start;
       item < node->data.sequence.items.top; item++) {
    const char *text = text_of (yaml_document_get_node (document, *item));

    if (!text)
      return FALSE;
    g_ptr_array_add (values, g_strdup (text));
  }
  return TRUE;
}

static gboolean
read_map (
    yaml_document_t *document, yaml_node_t *map, Given given, GError **error)
{
  for (yaml_node_pair_t *pair = map->data.mapping.pairs.start;
       pair < map->data.mapping.pairs.top; pair++) {
    const char *name = text_of (yaml_document_get_node (document, pair->key));
    gsize which;

    if (!name || !settings_find (name, &which))
      return settings_refuse (error, name ? name : "a key",
          "unknown; expected source or the long name of an option");
    if (given[which])
      return settings_refuse (error, name, "given twice");
    given[which] = g_ptr_array_new_with_free_func (g_free);
    if (!read_values (document, yaml_document_get_node (document, pair->value),
            which, given[which]))
      return settings_refuse (error, name, "expected a single value");
  }
  return TRUE;
}

static gboolean
read_yaml (const char *text, gsize size, Given given, GError **error)
{
  yaml_parser_t parser;
  yaml_document_t document;
  yaml_node_t *root;
  gboolean ok;

  yaml_parser_initialize (&parser);
  yaml_parser_set_input_string (&parser, (const guchar *)text, size);
  ok = yaml_parser_load (&parser, &document);
  if (ok) {
    root = yaml_document_get_root_node (&document);
    ok = root && root->type == YAML_MAPPING_NODE
             ? read_map (&document, root, given, error)
             : settings_refuse (
                   error, "the file", "expected lines of NAME: VALUE");
    yaml_document_delete (&document);
  } else {
    settings_refuse (
        error, "the file", parser.problem ? parser.problem : "not YAML");
  }
  yaml_parser_delete (&parser);
  return ok;
}

static gboolean
read_file (const char *path, Given given, GError **error)
{
  g_autofree char *text = NULL;
  gsize size;
  gboolean ok = g_file_get_contents (path, &text, &size, error);

  if (!ok)
    return FALSE;
  ok = size <= MOST_BYTES
           ? read_yaml (text, size, given, error)
           : settings_refuse (error, "the file", "larger than 65536 bytes");
  if (!ok)
    g_prefix_error (error, "%s: ", path);
  return ok;
}

static void
read_environment (Given given)
{
  for (gsize i = 0; i < N_SETTINGS; i++) {
    g_autofree char *name =
        g_strconcat ("SIAMBAN_SERVE_", settings[i].name, NULL);
    g_autofree char *variable =
        g_strdelimit (g_ascii_strup (name, -1), "-", '_');
    const char *text = g_getenv (variable);

    if (!text)
      continue;
    g_clear_pointer (&given[i], g_ptr_array_unref);
    given[i] = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (given[i], g_strdup (text));
  }
}

static gboolean
add_switch (
    GPtrArray *arguments, const char *name, const char *text, GError **error)
{
  if (g_str_equal (text, "true"))
    g_ptr_array_add (arguments, g_strconcat ("--", name, NULL));
  else if (!g_str_equal (text, "false"))
    return settings_refuse (error, name, "expected true or false");
  return TRUE;
}

static gboolean
add_arguments (const Given given, GPtrArray *arguments, GError **error)
{
  for (gsize i = 1; i < N_SETTINGS; i++) {
    const char *name = settings[i].name;

    for (guint k = 0; given[i] && k < given[i]->len; k++) {
      const char *text = g_ptr_array_index (given[i], k);

      if (settings[i].type != SETTING_SWITCH)
        g_ptr_array_add (arguments, g_strconcat ("--", name, "=", text, NULL));
      else if (!add_switch (arguments, name, text, error))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
serve_settings_read (
    const char *path, GPtrArray *arguments, char **source, GError **error)
{
  Given given = {NULL};
  gboolean ok = !path || read_file (path, given, error);

  if (ok) {
    read_environment (given);
    ok = add_arguments (given, arguments, error);
  }
  *source = ok && given[0] ? g_strdup (g_ptr_array_index (given[0], 0)) : NULL;
  for (gsize i = 0; i < N_SETTINGS; i++)
    g_clear_pointer (&given[i], g_ptr_array_unref);
  return ok;
}
