/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "results.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>

/* Numbers with a point, whatever the locale says. */
static void
append_number (GString *text, const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, format, value);
  g_string_append (text, number);
}

static void
append_box (GString *text, const SiambanBox *box, int origin)
{
  const double values[] = {box->x + origin, box->y + origin, box->w, box->h};

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_number (text, "%.4f", values[i]);
  }
}

static gboolean
write_text (
    const char *folder, const char *name, const GString *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (parent, 0777) < 0) {
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", parent,
        g_strerror (errno));
    return FALSE;
  }
  return g_file_set_contents (path, text->str, (gssize)text->len, error);
}

static void
append_run_frame (GString *text, const EvalSequence *sequence, guint i,
    const EvalFrame *frame)
{
  static const char *const kinds[] = {"present", "absent", "unknown"};
  const EvalTrack *track = &frame->track;

  g_string_append_printf (text, "%u,", i);
  append_box (text, &track->box, 0);
  g_string_append_printf (text, ",%s,", siamban_status_name (track->status));
  append_number (text, "%.6f,", track->score);
  append_number (text, "%.6f,", track->confidence);
  append_number (text, "%.4f,", track->cpu_ms);
  g_string_append_printf (text, "%s,", kinds[frame->kind]);
  append_number (text, "%.4f,", frame->overlap);
  g_string_append_printf (text, "%d,%d,%s\n", frame->width, frame->height,
      (const char *)sequence->pictures->pdata[i]);
}

static gboolean
write_run (const EvalSequence *sequence, const EvalRun *run, const char *folder,
    GError **error)
{
  g_autoptr (GString) text =
      g_string_new ("frame,x,y,w,h,status,score,confidence,cpu_ms,truth,"
                    "overlap,width,height,picture\n");
  g_autofree char *name =
      g_strdup_printf ("runs/%s-%u.csv", sequence->name, run->start);

  for (guint k = 0; k < run->frames->len; k++)
    append_run_frame (text, sequence, run->start + k, eval_run_frame (run, k));
  return write_text (folder, name, text, error);
}

typedef void (*AppendFunc) (
    GString *text, const EvalSequence *sequence, const EvalFrame *frame);

static void
append_place (
    GString *text, const EvalSequence *sequence, const EvalFrame *frame)
{
  append_box (text, &frame->track.box, sequence->origin);
}

static void
append_seconds (
    GString *text, const EvalSequence *sequence, const EvalFrame *frame)
{
  (void)sequence;
  append_number (text, "%.8f", frame->track.cpu_ms / 1e3);
}

static void
append_confidence (
    GString *text, const EvalSequence *sequence, const EvalFrame *frame)
{
  (void)sequence;
  append_number (text, "%.6f", frame->track.confidence);
}

/* A line a frame of the sequence; @first stands for the one that it was learnt
 * on, "nan" for those before. */
static gboolean
write_lines (const EvalSequence *sequence, const EvalRun *run,
    const char *first, AppendFunc append, const char *folder, const char *name,
    GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sequence->pictures->len; i++) {
    if (i < run->start)
      g_string_append (text, "nan");
    else if (i == run->start && first)
      g_string_append (text, first);
    else
      append (text, sequence, eval_run_frame (run, i - run->start));
    g_string_append_c (text, '\n');
  }
  return write_text (folder, name, text, error);
}

static gboolean
write_got (const EvalSequence *sequence, const EvalRun *run, const char *folder,
    GError **error)
{
  g_autofree char *boxes =
      g_strdup_printf ("%s/%s_001.txt", sequence->name, sequence->name);
  g_autofree char *times =
      g_strdup_printf ("%s/%s_time.txt", sequence->name, sequence->name);

  return write_lines (
             sequence, run, NULL, append_place, folder, boxes, error) &&
         write_lines (
             sequence, run, NULL, append_seconds, folder, times, error);
}

/* Its "1" says that the target was learnt there. */
static gboolean
write_vot (const EvalSequence *sequence, const EvalRun *run, const char *folder,
    GError **error)
{
  g_autofree char *base =
      g_strdup_printf ("%s/%s_001", sequence->name, sequence->name);
  g_autofree char *boxes = g_strconcat (base, ".txt", NULL);
  g_autofree char *sure = g_strconcat (base, "_confidence.value", NULL);
  g_autofree char *times = g_strconcat (base, "_time.value", NULL);

  return write_lines (sequence, run, "1", append_place, folder, boxes, error) &&
         write_lines (
             sequence, run, "nan", append_confidence, folder, sure, error) &&
         write_lines (
             sequence, run, NULL, append_seconds, folder, times, error);
}

static gboolean
write_otb (const EvalSequence *sequence, const EvalRun *run, const char *folder,
    GError **error)
{
  g_autofree char *name = g_strconcat (sequence->name, ".txt", NULL);

  return write_lines (sequence, run, NULL, append_place, folder, name, error);
}

static gboolean
write_for_toolkit (
    const EvalOutcome *outcome, const char *folder, GError **error)
{
  const EvalSequence *sequence = outcome->sequence;
  const EvalRun *run = outcome->runs->pdata[0];

  switch (sequence->layout) {
    case EVAL_LAYOUT_GOT:
      return write_got (sequence, run, folder, error);
    case EVAL_LAYOUT_VOT:
      return write_vot (sequence, run, folder, error);
    default:
      return write_otb (sequence, run, folder, error);
  }
}

gboolean
eval_results_write (
    const Evaluation *evaluation, const char *folder, GError **error)
{
  for (guint s = 0; s < evaluation->outcomes->len; s++) {
    const EvalOutcome *outcome = evaluation->outcomes->pdata[s];

    if (!write_for_toolkit (outcome, folder, error))
      return FALSE;
    for (guint r = 0; r < outcome->runs->len; r++)
      if (!write_run (
              outcome->sequence, outcome->runs->pdata[r], folder, error))
        return FALSE;
  }
  return TRUE;
}
