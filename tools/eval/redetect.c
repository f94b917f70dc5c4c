/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redetect.h"

#include <math.h>
#include <string.h>

#define SHOWN   5 /* frames before the target moves away */
#define LENGTH  200
#define SCALING 3

/* The square around the target that is left of the still, and where it goes. */
typedef struct
{
  int side;
  int from_x, from_y;
  int to_x, to_y;
} Patch;

static Patch
patch_of (const SiambanBox *box, int width, int height)
{
  int half = (int)(MAX (box->w, box->h) * SCALING / 2);
  Patch patch = {
      .side = MIN (2 * half, SCALING * MIN (width, height)),
      .from_x = (int)floor (box->x + box->w / 2) - half,
      .from_y = (int)floor (box->y + box->h / 2) - half,
  };

  patch.to_x = SCALING * width - patch.side;
  patch.to_y = SCALING * height - patch.side;
  return patch;
}

static void
add_frame (EvalSequence *sequence, const char *still, const SiambanBox *box)
{
  EvalTruth truth = {EVAL_PRESENT, *box};

  g_array_append_val (sequence->truth, truth);
  g_ptr_array_add (sequence->pictures, g_strdup (still));
}

static EvalSequence *
make_sequence (const char *name, const char *still, const SiambanBox *box,
    const SiambanFrame *frame)
{
  EvalSequence *sequence = g_new0 (EvalSequence, 1);
  Patch patch = patch_of (box, frame->width, frame->height);
  SiambanBox moved = {box->x - patch.from_x + patch.to_x,
      box->y - patch.from_y + patch.to_y, box->w, box->h};

  sequence->name = g_strdup (name);
  sequence->layout = EVAL_LAYOUT_REDETECT;
  sequence->pictures = g_ptr_array_new_with_free_func (g_free);
  sequence->truth = g_array_new (FALSE, FALSE, sizeof (EvalTruth));
  for (guint i = 0; i < LENGTH; i++)
    add_frame (sequence, still, i < SHOWN ? box : &moved);
  return sequence;
}

EvalSequence *
eval_redetect_new (
    const char *name, const char *still, const SiambanBox *box, GError **error)
{
  EvalPicture picture = {0};
  const SiambanFrame *frame = &picture.frame;
  EvalSequence *sequence = NULL;

  if (!eval_picture_read (&picture, still, error))
    return NULL;
  if (box->w >= 1 && box->h >= 1 && box->x < frame->width - 1 &&
      box->y < frame->height - 1 && box->x + box->w > 1 && box->y + box->h > 1)
    sequence = make_sequence (name, still, box, frame);
  else
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT,
        "%s: expected a box with at least a pixel in the picture, %d x %d",
        still, frame->width, frame->height);
  eval_picture_clear (&picture);
  return sequence;
}

/* Copies what lies in @still of a rectangle of it. */
static void
paste (const SiambanFrame *still, EvalPicture *onto, int from_x, int from_y,
    int w, int h, int to_x, int to_y)
{
  int left = MAX (from_x, 0), right = MIN (from_x + w, still->width);

  for (int y = MAX (from_y, 0); y < MIN (from_y + h, still->height); y++) {
    gsize row = (gsize)(to_y + y - from_y) * (gsize)onto->frame.width;

    if (left < right)
      memcpy (onto->pixels + 4 * (row + (gsize)(to_x + left - from_x)),
          still->data[0] + (gsize)y * (gsize)still->stride[0] + 4 * (gsize)left,
          4 * (gsize)(right - left));
  }
}

static gboolean
compose (const EvalSequence *sequence, guint i, const SiambanFrame *still,
    EvalPicture *picture)
{
  int width = still->width, height = still->height;
  Patch patch =
      patch_of (&eval_sequence_truth (sequence, 0)->box, width, height);

  if (!eval_picture_set_size (picture, SCALING * width, SCALING * height))
    return FALSE;
  memset (picture->pixels, 0, picture->room);
  if (i < SHOWN)
    paste (still, picture, 0, 0, width, height, 0, 0);
  else
    paste (still, picture, patch.from_x, patch.from_y, patch.side, patch.side,
        patch.to_x, patch.to_y);
  return TRUE;
}

gboolean
eval_redetect_read (
    const EvalSequence *sequence, guint i, EvalPicture *picture, GError **error)
{
  const char *path = sequence->pictures->pdata[i];
  EvalPicture still = {0};
  gboolean ok;

  if (i != 0 && i != SHOWN)
    return TRUE;
  ok = eval_picture_read (&still, path, error);
  if (ok && !compose (sequence, i, &still.frame, picture)) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "%s: expected a smaller picture", path);
    ok = FALSE;
  }
  eval_picture_clear (&still);
  return ok;
}

static gboolean
add_stills (GPtrArray *made, const EvalSequence *sequence, guint n_starts,
    GError **error)
{
  GArray *starts = eval_sequence_starts (sequence, n_starts);
  gboolean ok = TRUE;

  for (guint k = 0; ok && k < starts->len; k++) {
    guint start = g_array_index (starts, guint, k);
    g_autofree char *name = g_strdup_printf ("%s@%u", sequence->name, start);
    EvalSequence *still =
        eval_redetect_new (name, sequence->pictures->pdata[start],
            &eval_sequence_truth (sequence, start)->box, error);

    if (still)
      g_ptr_array_add (made, still);
    ok = still != NULL;
  }
  g_array_unref (starts);
  return ok;
}

GPtrArray *
eval_redetect_from (GPtrArray *sequences, guint n_starts, GError **error)
{
  GPtrArray *made =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_sequence_free);

  for (guint i = 0; made && i < sequences->len; i++)
    if (!add_stills (made, sequences->pdata[i], n_starts, error))
      g_clear_pointer (&made, g_ptr_array_unref);
  g_ptr_array_unref (sequences);
  return made;
}
