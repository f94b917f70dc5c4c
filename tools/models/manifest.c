/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "manifest.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "model/files.h"

#define VERSION      1
#define MAX_SIZE     (G_GINT64_CONSTANT (4) << 30)
#define SHA256_CHARS 64

/* A JSON object, and how an error calls it. */
typedef struct
{
  JsonObject *object;
  char *name;
} Place;

static void
file_free (ManifestFile *file)
{
  g_free (file->name);
  g_free (file->address);
  g_free (file->sha256);
  g_free (file);
}

static void
model_free (ManifestModel *model)
{
  g_free (model->name);
  g_free (model->about);
  g_free (model->licence);
  g_free (model->by);
  g_free (model->home);
  g_ptr_array_unref (model->files);
  g_free (model);
}

static gboolean
refuse (const Place *place, const char *member, const char *expected,
    GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "%s: %s: expected %s", place->name, member, expected);
  return FALSE;
}

static JsonNode *
member_of (const Place *place, const char *member, GType type)
{
  JsonNode *node = json_object_get_member (place->object, member);

  return node && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == type
             ? node
             : NULL;
}

/* A member's text, which may be shown on a terminal. */
static gboolean
read_text (const Place *place, const char *member, char **text, GError **error)
{
  JsonNode *node = member_of (place, member, G_TYPE_STRING);
  const char *value = node ? json_node_get_string (node) : "";

  for (const char *c = value; *c; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      value = "";
  *text = g_strdup (value);
  return *value || refuse (place, member, "a text", error);
}

static gboolean
read_size (const Place *place, guint64 *size, GError **error)
{
  JsonNode *node = member_of (place, "size", G_TYPE_INT64);
  const gint64 value = node ? json_node_get_int (node) : 0;

  if (value < 1 || value > MAX_SIZE)
    return refuse (place, "size", "a number of bytes, 1 to 4 GiB", error);
  *size = (guint64)value;
  return TRUE;
}

static gboolean
is_sha256 (const char *text)
{
  return strlen (text) == SHA256_CHARS &&
         strspn (text, "0123456789abcdef") == SHA256_CHARS;
}

static gboolean
is_address (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri ? g_uri_get_scheme (uri) : "";
  const char *host = uri ? g_uri_get_host (uri) : NULL;

  return host && *host &&
         (g_str_equal (scheme, "https") || g_str_equal (scheme, "http"));
}

static gboolean
is_suffix (const char *text)
{
  return g_str_equal (text, ".pth") || g_str_equal (text, ".safetensors") ||
         g_str_equal (text, ".yaml");
}

static gboolean
read_file (
    const Place *place, const char *model, ManifestFile *file, GError **error)
{
  g_autofree char *suffix = NULL;

  if (!read_text (place, "suffix", &suffix, error) ||
      !read_text (place, "address", &file->address, error) ||
      !read_text (place, "sha256", &file->sha256, error) ||
      !read_size (place, &file->size, error))
    return FALSE;
  if (!is_suffix (suffix))
    return refuse (place, "suffix", ".pth, .safetensors or .yaml", error);
  if (!is_address (file->address))
    return refuse (place, "address", "one of https or http", error);
  if (!is_sha256 (file->sha256))
    return refuse (place, "sha256", "64 lower-case hexadecimal digits", error);
  file->name = g_strconcat (model, suffix, NULL);
  return TRUE;
}

/* Calls @each with every object of the list @member. */
static gboolean
read_list (const Place *place, const char *member,
    gboolean (*each) (const Place *place, gpointer data, GError **error),
    gpointer data, GError **error)
{
  JsonNode *node = json_object_get_member (place->object, member);
  JsonArray *list =
      node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const guint n = list ? json_array_get_length (list) : 0;
  gboolean ok = TRUE;

  if (n == 0)
    return refuse (place, member, "a list", error);
  for (guint i = 0; ok && i < n; i++) {
    JsonNode *element = json_array_get_element (list, i);
    g_autofree char *name =
        g_strdup_printf ("%s: %s[%u]", place->name, member, i);
    Place inner = {NULL, name};

    if (!JSON_NODE_HOLDS_OBJECT (element))
      return refuse (place, member, "a list of objects", error);
    inner.object = json_node_get_object (element);
    ok = each (&inner, data, error);
  }
  return ok;
}

static gboolean
add_file (const Place *place, gpointer data, GError **error)
{
  ManifestModel *model = data;
  ManifestFile *file = g_new0 (ManifestFile, 1);

  g_ptr_array_add (model->files, file);
  return read_file (place, model->name, file, error);
}

static gboolean
read_model (const Place *place, ManifestModel *model, GError **error)
{
  if (!read_text (place, "name", &model->name, error) ||
      !read_text (place, "about", &model->about, error) ||
      !read_text (place, "licence", &model->licence, error) ||
      !read_text (place, "by", &model->by, error) ||
      !read_text (place, "home", &model->home, error))
    return FALSE;
  if (!siamban_model_is_name (model->name))
    return refuse (
        place, "name", "letters, digits, dashes and underscores", error);
  return read_list (place, "files", add_file, model, error);
}

static gboolean
add_model (const Place *place, gpointer data, GError **error)
{
  GPtrArray *models = data;
  ManifestModel *model = g_new0 (ManifestModel, 1);

  model->files = g_ptr_array_new_with_free_func ((GDestroyNotify)file_free);
  g_ptr_array_add (models, model);
  return read_model (place, model, error);
}

static gboolean
read_root (const Place *place, GPtrArray *models, GError **error)
{
  JsonNode *version = member_of (place, "version", G_TYPE_INT64);

  if (!version || json_node_get_int (version) != VERSION)
    return refuse (place, "version", "1", error);
  return read_list (place, "models", add_model, models, error);
}

GPtrArray *
manifest_load (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *name = g_strdup (path);
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify)model_free);
  Place place = {NULL, name};
  JsonNode *root;

  if (!json_parser_load_from_file (parser, path, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "%s: expected a JSON object", path);
    return NULL;
  }
  place.object = json_node_get_object (root);
  return read_root (&place, models, error) ? g_steal_pointer (&models) : NULL;
}

const ManifestModel *
manifest_find (const GPtrArray *models, const char *name)
{
  for (guint i = 0; i < models->len; i++) {
    const ManifestModel *model = models->pdata[i];

    if (g_str_equal (model->name, name))
      return model;
  }
  return NULL;
}

guint64
manifest_size (const ManifestModel *model)
{
  guint64 size = 0;

  for (guint i = 0; i < model->files->len; i++)
    size += ((const ManifestFile *)model->files->pdata[i])->size;
  return size;
}
