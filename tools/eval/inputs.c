/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inputs.h"

#include <math.h>

#include "redetect.h"

static gboolean
parse_box (const char *text, SiambanBox *box)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  double values[4];

  if (g_strv_length (parts) != 4)
    return FALSE;
  for (guint i = 0; i < 4; i++) {
    char *end;

    values[i] = g_ascii_strtod (parts[i], &end);
    if (end == parts[i] || *end || !(fabs (values[i]) < 1e6))
      return FALSE;
  }
  *box = (SiambanBox){values[0], values[1], values[2], values[3]};
  return TRUE;
}

/* A still with the next of the boxes. */
static gboolean
add_still (GPtrArray *sequences, const char *path, char ***box, GError **error)
{
  SiambanBox place;
  EvalSequence *still;

  if (!*box || !**box || !parse_box (**box, &place)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "%s: expected --box X,Y,W,H for it", path);
    return FALSE;
  }
  (*box)++;
  still = eval_redetect_new (path, path, &place, error);
  if (still)
    g_ptr_array_add (sequences, still);
  return still != NULL;
}

static gboolean
add_folder (GPtrArray *sequences, const EvalInputs *inputs, const char *path,
    GError **error)
{
  GPtrArray *found =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_sequence_free);

  if (!eval_sequences_find (
          path, inputs->ini, inputs->max_frames, found, error)) {
    g_ptr_array_unref (found);
    return FALSE;
  }
  if (inputs->redetect)
    found = eval_redetect_from (found, inputs->n_starts, error);
  if (found)
    g_ptr_array_extend_and_steal (sequences, found);
  return found != NULL;
}

GPtrArray *
eval_inputs_find (const EvalInputs *inputs, GError **error)
{
  GPtrArray *sequences =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_sequence_free);
  char **box = inputs->boxes;
  gboolean ok = TRUE;

  for (char **path = inputs->paths; ok && *path; path++)
    if (inputs->redetect && g_file_test (*path, G_FILE_TEST_IS_REGULAR))
      ok = add_still (sequences, *path, &box, error);
    else
      ok = add_folder (sequences, inputs, *path, error);
  if (!ok)
    g_clear_pointer (&sequences, g_ptr_array_unref);
  return sequences;
}
