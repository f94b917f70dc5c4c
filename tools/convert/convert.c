/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/checkpoint-private.h"
#include "checkpoint/half.h"

#include <locale.h>
#include <stdlib.h>

#define UNUSED_SUFFIX "num_batches_tracked"

typedef struct
{
  char *dtype;
  gboolean filters; /* only those */
  char **metadata;  /* key=value */
  char **paths;
} Options;

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
      {"dtype", 'd', 0, G_OPTION_ARG_STRING, &options->dtype,
          "Store floating-point tensors as f32, f16 or bf16 (default: as they "
          "are)",
          "TYPE"},
      {"filters-only", 'f', 0, G_OPTION_ARG_NONE, &options->filters,
          "Do so with tensors of 4 dimensions only, the filters of "
          "convolutions",
          NULL},
      {"metadata", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &options->metadata,
          "Text to keep in the file's header; may be given more than once",
          "KEY=VALUE"},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths,
          NULL, NULL},
      G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("IN OUT.safetensors");

  g_option_context_set_summary (context,
      "Converts a checkpoint to safetensors. IN is a .pth file as torch.save\n"
      "writes it (either form), or safetensors. Only the tensors of the\n"
      "state_dict are kept, without \"module.\" and the like before their\n"
      "names, and without " UNUSED_SUFFIX ", which nothing uses.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (!options->paths || g_strv_length (options->paths) != 2) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "expected IN and OUT.safetensors; see --help");
    return FALSE;
  }
  return TRUE;
}

/* *@dtype is -1 if none is asked for. */
static gboolean
parse_dtype (const char *text, int *dtype, GError **error)
{
  const struct
  {
    const char *name;
    SiambanDtype dtype;
  } names[] = {
      {"f32", SIAMBAN_DTYPE_F32},
      {"f16", SIAMBAN_DTYPE_F16},
      {"bf16", SIAMBAN_DTYPE_BF16},
  };

  *dtype = -1;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i].name) == 0)
      *dtype = names[i].dtype;
  if (!text || *dtype >= 0)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--dtype %s: expected f32, f16 or bf16", text);
  return FALSE;
}

/* "key=value" ... as key, value ... for siamban_safetensors_write(). */
static GStrv
parse_metadata (char **pairs, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; pairs && pairs[i]; i++) {
    const char *equals = strchr (pairs[i], '=');
    g_autofree char *key = NULL;

    if (!equals || equals == pairs[i] ||
        !g_utf8_validate (pairs[i], -1, NULL)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "--metadata %s: expected KEY=VALUE", pairs[i]);
      return NULL;
    }
    key = g_strndup (pairs[i], equals - pairs[i]);
    g_strv_builder_add (builder, key);
    g_strv_builder_add (builder, equals + 1);
  }
  return g_strv_builder_end (builder);
}

static void
convert_narrow (const float *from, guint64 n, SiambanDtype dtype, guint16 *to)
{
  for (guint64 i = 0; i < n; i++)
    to[i] = dtype == SIAMBAN_DTYPE_F16 ? siamban_f32_to_f16 (from[i])
                                       : siamban_f32_to_bf16 (from[i]);
}

static gboolean
overflows (const float *from, guint64 n, const guint16 *to)
{
  for (guint64 i = 0; i < n; i++)
    if (isfinite (from[i]) && isinf (siamban_f16_to_f32 (to[i])))
      return TRUE;
  return FALSE;
}

/* The tensor's elements as @dtype, or NULL if float16 does not hold them. */
static gpointer
convert (const SiambanTensor *tensor, SiambanDtype dtype, GError **error)
{
  g_autofree float *floats = g_new (float, tensor->n_elements);
  g_autofree guint16 *halves = NULL;

  if (!siamban_tensor_read_f32 (tensor, floats, error))
    return NULL;
  if (dtype == SIAMBAN_DTYPE_F32)
    return g_steal_pointer (&floats);
  halves = g_new (guint16, tensor->n_elements);
  convert_narrow (floats, tensor->n_elements, dtype, halves);
  if (dtype == SIAMBAN_DTYPE_F16 &&
      overflows (floats, tensor->n_elements, halves)) {
    g_autofree char *quoted =
        siamban_quote (tensor->name, strlen (tensor->name));

    siamban_refuse (error,
        "%s: tensor %s has values that are too large for float16; try bf16",
        siamban_file_path (tensor->file), quoted);
    return NULL;
  }
  return g_steal_pointer (&halves);
}

/* In which the tensor is to be stored; @dtype is -1 if none is asked for. */
static SiambanDtype
convert_wanted (const SiambanTensor *tensor, int dtype, gboolean filters)
{
  if (dtype < 0 || !siamban_dtype_is_float (tensor->dtype) ||
      (filters && tensor->n_dims != 4))
    return tensor->dtype;
  return dtype;
}

/* Appends the tensor to @sources; what had to be converted goes to @owned. */
static gboolean
add_source (const SiambanTensor *tensor, SiambanDtype dtype, GArray *sources,
    GPtrArray *owned, GError **error)
{
  SiambanTensorSource source = {
      .name = tensor->name,
      .dtype = dtype,
      .n_dims = tensor->n_dims,
      .tensor = tensor,
  };
  gpointer unpacked = NULL;

  memcpy (source.shape, tensor->shape, sizeof source.shape);
  if (tensor->n_elements > 0 && source.dtype != tensor->dtype) {
    unpacked = convert (tensor, source.dtype, error);
    if (!unpacked)
      return FALSE;
    g_ptr_array_add (owned, unpacked);
    source.data = unpacked;
  }
  g_array_append_val (sources, source);
  return TRUE;
}

/* Says what safetensors has no type for. */
static gboolean
is_kept (const SiambanTensor *tensor)
{
  g_autofree char *quoted = siamban_quote (tensor->name, strlen (tensor->name));

  if (g_str_has_suffix (tensor->name, UNUSED_SUFFIX))
    return FALSE;
  if (siamban_dtype_code (tensor->dtype))
    return TRUE;
  g_printerr ("siamban-convert: leaves out %s, which is of type %s\n", quoted,
      tensor->type);
  return FALSE;
}

static gboolean
write_tensors (const SiambanCheckpoint *checkpoint, const Options *options,
    int dtype, const char *const *metadata, GError **error)
{
  g_autoptr (GArray) sources =
      g_array_new (FALSE, FALSE, sizeof (SiambanTensorSource));
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);

    if (is_kept (tensor) &&
        !add_source (tensor, convert_wanted (tensor, dtype, options->filters),
            sources, owned, error))
      return FALSE;
  }
  return siamban_safetensors_write (options->paths[1],
      (const SiambanTensorSource *)sources->data, sources->len, metadata,
      error);
}

static gboolean
convert_run (const Options *options, GError **error)
{
  g_auto (GStrv) metadata = NULL;
  SiambanCheckpoint *checkpoint;
  gboolean written;
  int dtype;

  if (!parse_dtype (options->dtype, &dtype, error))
    return FALSE;
  metadata = parse_metadata (options->metadata, error);
  if (!metadata)
    return FALSE;
  checkpoint = siamban_checkpoint_open (options->paths[0], error);
  if (!checkpoint)
    return FALSE;
  written = write_tensors (checkpoint, options, dtype,
      metadata[0] ? (const char *const *)metadata : NULL, error);
  siamban_checkpoint_close (checkpoint);
  return written;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Options options = {0};
  gboolean done;

  setlocale (LC_ALL, "");
  done = parse_options (&options, &argc, &argv, &error) &&
         convert_run (&options, &error);
  if (!done)
    g_printerr ("siamban-convert: %s\n", error->message);
  g_free (options.dtype);
  g_strfreev (options.metadata);
  g_strfreev (options.paths);
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
