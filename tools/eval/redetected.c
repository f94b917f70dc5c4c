/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "redetect.h"
#include "values.h"

#define SHOWN 5
#define SOON  40 /* frames */

typedef struct
{
  guint stills;
  double touched; /* shares */
  double touched_soon;
  double found;
  double found_soon;
  double frames; /* mean until touched, of those that were */
} Totals;

/* Frames after the jump until the overlap is above @overlap and the target not
 * called lost; NAN if it never is. */
static double
frames_until (const EvalRun *run, double overlap)
{
  for (guint k = SHOWN; k < run->frames->len; k++) {
    const EvalFrame *frame = eval_run_frame (run, k);

    if (frame->overlap > overlap && frame->track.status != SIAMBAN_STATUS_LOST)
      return k - SHOWN;
  }
  return NAN;
}

static const EvalRun *
run_of (const Evaluation *evaluation, guint s)
{
  return ((EvalOutcome *)evaluation->outcomes->pdata[s])->runs->pdata[0];
}

static const char *
name_of (const Evaluation *evaluation, guint s)
{
  return ((EvalOutcome *)evaluation->outcomes->pdata[s])->sequence->name;
}

static Totals
totals_of (const Evaluation *evaluation)
{
  Totals totals = {.stills = evaluation->outcomes->len};
  double n = totals.stills;

  for (guint s = 0; s < totals.stills; s++) {
    double touched = frames_until (run_of (evaluation, s), 0);
    double found = frames_until (run_of (evaluation, s), 0.5);

    totals.touched += !isnan (touched);
    totals.touched_soon += touched <= SOON;
    totals.found += !isnan (found);
    totals.found_soon += found <= SOON;
    totals.frames += isnan (touched) ? 0 : touched;
  }
  totals.frames /= totals.touched;
  totals.touched /= n;
  totals.touched_soon /= n;
  totals.found /= n;
  totals.found_soon /= n;
  return totals;
}

static void
print_frames (double frames)
{
  if (isnan (frames))
    g_print ("%12s", "never");
  else
    g_print ("%12.0f", frames);
}

void
eval_redetect_print (const Evaluation *evaluation)
{
  Totals totals = totals_of (evaluation);

  g_print ("%-32s%12s%12s\n", "frames until overlap is above", "0", "0.5");
  for (guint s = 0; s < totals.stills; s++) {
    g_print ("%-32s", name_of (evaluation, s));
    print_frames (frames_until (run_of (evaluation, s), 0));
    print_frames (frames_until (run_of (evaluation, s), 0.5));
    g_print ("\n");
  }
  g_print (
      "%-32s%12.3f%12.3f\n", "share of stills", totals.touched, totals.found);
  g_print ("within %d frames                %12.3f%12.3f\n", SOON,
      totals.touched_soon, totals.found_soon);
}

static void
add_still (JsonBuilder *json, const Evaluation *evaluation, guint s)
{
  const EvalRun *run = run_of (evaluation, s);

  json_builder_begin_object (json);
  eval_json_add_string (json, "name", name_of (evaluation, s));
  eval_json_add_number (json, "touched_after", frames_until (run, 0));
  eval_json_add_number (json, "found_after", frames_until (run, 0.5));
  json_builder_end_object (json);
}

gboolean
eval_redetect_write_json (
    const Evaluation *evaluation, const char *path, GError **error)
{
  JsonBuilder *json = json_builder_new ();
  Totals totals = totals_of (evaluation);

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "stills");
  json_builder_begin_array (json);
  for (guint s = 0; s < totals.stills; s++)
    add_still (json, evaluation, s);
  json_builder_end_array (json);
  eval_json_add_number (json, "touched", totals.touched);
  eval_json_add_number (json, "touched_within_40", totals.touched_soon);
  eval_json_add_number (json, "found", totals.found);
  eval_json_add_number (json, "found_within_40", totals.found_soon);
  eval_json_add_number (json, "mean_frames", totals.frames);
  json_builder_end_object (json);
  return eval_json_write (json, path, error);
}
