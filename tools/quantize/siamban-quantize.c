/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include <gst/gst.h>

#include "error.h"
#include "model/files.h"
#include "quantize.h"

#define HOLD_OUT 4 /* every so many pairs one is kept for the error */

static char *config_path, *out_path;
static char **paths; /* model, clips */
static int n_pairs = 16, start_index = -1;

static GOptionEntry options[] = {
    {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path,
        "The model's config.yaml", "FILE"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &out_path,
        "The file to write (required)", "FILE"},
    {"pairs", 'n', 0, G_OPTION_ARG_INT, &n_pairs,
        "Pairs of template and search region to take of each clip, at most "
        "(default: 16)",
        "N"},
    {"start-index", 0, 0, G_OPTION_ARG_INT, &start_index,
        "Number of the first picture, where clips are image sequences "
        "(default: 0 or 1)",
        "N"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
    G_OPTION_ENTRY_NULL};

static SiambanModel *
quantize_load (const char *path, SiambanPrecision precision, GError **error)
{
  return siamban_model_load (path, config_path, precision, error);
}

/* Puts the files of a model that was named in the place of its name. */
static gboolean
find_model (GError **error)
{
  char *checkpoint, *config;

  if (!siamban_model_find (paths[0], config_path, &checkpoint, &config, error))
    return FALSE;
  g_free (paths[0]);
  g_free (config_path);
  paths[0] = checkpoint;
  config_path = config;
  return TRUE;
}

static GArray *
read_clips (SiambanModel *model, GError **error)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));

  g_array_set_clear_func (pairs, (GDestroyNotify)quantize_pair_clear);
  for (char **path = paths + 1; *path; path++) {
    TrackSource clip = {.input = *path, .start_index = start_index};

    if (!quantize_clip_read (
            &clip, siamban_model_track (model), n_pairs, pairs, error)) {
      g_array_unref (pairs);
      return NULL;
    }
  }
  return pairs;
}

/* Moves every HOLD_OUT-th pair behind the others; returns how many they are. */
static guint
hold_out (GArray *pairs)
{
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    if (i % HOLD_OUT != HOLD_OUT - 1) {
      Pair *a = &g_array_index (pairs, Pair, n++);
      Pair *b = &g_array_index (pairs, Pair, i);
      Pair pair = *a;

      *a = *b;
      *b = pair;
    }
  return pairs->len - n;
}

static void
quantize_report (const QuantizeError *error, guint n, guint held)
{
  g_print ("calibrated on %u pairs of crops; on %u others int8 is off by\n", n,
      held);
  g_print ("cls  %.4f rms, %.4f at most (the scores' deviation is %.4f)\n",
      error->cls_rms, error->cls_max, error->cls_spread);
  g_print ("loc  %.3f rms, %.3f at most, in pixels of the search region\n",
      error->loc_rms, error->loc_max);
}

static gboolean
refuse_out (GError **error)
{
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", out_path,
      siamban_replace_reason (errno));
  return FALSE;
}

/* Writes @file, loads it and says how far it is off on the last @held pairs. */
static gboolean
write_and_compare (SiambanModel *model, const GArray *pairs, guint held,
    const char *ranges, SiambanReplace *file, GError **error)
{
  guint n = pairs->len - held;
  SiambanModel *quantised;
  QuantizeError differences;

  if (!quantize_write (paths[0], file, ranges, error))
    return FALSE;
  quantised = quantize_load (file->temporary, SIAMBAN_PRECISION_INT8, error);
  if (!quantised)
    return FALSE;
  differences =
      quantize_compare (model, quantised, (const Pair *)pairs->data + n, held);
  quantize_report (&differences, n, held);
  siamban_model_unref (quantised);
  return TRUE;
}

/* The file takes its place only if it loads. */
static gboolean
quantise (SiambanModel *model, const GArray *pairs, guint held, GError **error)
{
  g_autofree char *ranges = quantize_find_ranges (
      model, (const Pair *)pairs->data, pairs->len - held, error);
  SiambanReplace *file;

  if (!ranges) {
    g_prefix_error (error, "%s: ", paths[0]);
    return FALSE;
  }
  file = siamban_replace_begin (out_path);
  if (!file)
    return refuse_out (error);
  if (!write_and_compare (model, pairs, held, ranges, file, error)) {
    siamban_replace_abandon (file);
    return FALSE;
  }
  return siamban_replace_commit (file) || refuse_out (error);
}

static gboolean
quantize_run (GError **error)
{
  SiambanModel *model = NULL;
  GArray *pairs;
  gboolean ok = FALSE;
  guint held;

  if (find_model (error))
    model = quantize_load (paths[0], SIAMBAN_PRECISION_FP32, error);
  if (!model)
    return FALSE;
  pairs = read_clips (model, error);
  if (pairs) {
    held = hold_out (pairs);
    if (held > 0)
      ok = quantise (model, pairs, held, error);
    else
      g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
          "the clips have %u pairs of crops together, expected %d or more",
          pairs->len, HOLD_OUT);
    g_array_unref (pairs);
  }
  siamban_model_unref (model);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context =
      g_option_context_new ("MODEL CLIP... -o OUT.safetensors");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  /* The new file is loaded under a passing name: not worth keeping. */
  g_unsetenv ("SIAMBAN_CACHE_DIR");
  g_option_context_set_summary (context,
      "Makes a model file for precision int8: the tensors of MODEL, and what\n"
      "values pass through its layers on crops of the clips. Such a file "
      "still\n"
      "loads as fp32. The clips, videos or image sequences (dir/%04d.jpg), "
      "should\nlook like what will be tracked in.");
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("siamban-quantize: %s\n", error->message);
    return 2;
  }
  if (!paths || g_strv_length (paths) < 2 || !out_path) {
    g_printerr ("siamban-quantize: expected MODEL, one CLIP or more, and "
                "-o FILE; see --help\n");
    return 2;
  }
  if (n_pairs < 1) {
    g_printerr (
        "siamban-quantize: --pairs: expected 1 or more, got %d\n", n_pairs);
    return 2;
  }
  if (!quantize_run (&error)) {
    g_printerr ("siamban-quantize: %s\n", error->message);
    return 1;
  }
  return 0;
}
