/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <math.h>

typedef struct
{
  EvalFigure figure;
  const char *title;
  int digits;
} Column;

static const Column columns[] = {
    {EVAL_AUC, "AUC", 3},
    {EVAL_PRECISION, "prec.", 3},
    {EVAL_NORM_PRECISION, "norm.", 3},
    {EVAL_AO, "AO", 3},
    {EVAL_LT_F, "LT-F", 3},
    {EVAL_HELD, "held", 3},
    {EVAL_ABSENT_TOLD, "absent", 3},
    {EVAL_GOOD_LOST, "wrong", 3},
    {EVAL_FOUND_AGAIN, "found", 3},
    {EVAL_CPU_MS, "ms", 2},
};

static void
print_number (double value, int digits)
{
  if (isnan (value))
    g_print ("%8s", "-");
  else
    g_print ("%8.*f", digits, value);
}

static void
print_row (const char *name, guint runs, const double *values)
{
  g_print ("%-24s %4u", name, runs);
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    print_number (values[columns[c].figure], columns[c].digits);
  g_print ("\n");
}

static void
print_mean (const Evaluation *evaluation, guint runs)
{
  double mean[EVAL_N_FIGURES], low[EVAL_N_FIGURES], high[EVAL_N_FIGURES];

  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    mean[f] = evaluation->mean[f].mean;
    low[f] = evaluation->mean[f].low;
    high[f] = evaluation->mean[f].high;
  }
  print_row ("mean", runs, mean);
  print_row ("95 % from", runs, low);
  print_row ("95 % to", runs, high);
}

void
eval_report_print (const Evaluation *evaluation)
{
  guint runs = 0;

  g_print ("%-24s %4s", "sequence", "runs");
  for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
    g_print ("%8s", columns[c].title);
  g_print ("\n");
  for (guint s = 0; s < evaluation->outcomes->len; s++) {
    const EvalOutcome *outcome = evaluation->outcomes->pdata[s];

    print_row (outcome->sequence->name, outcome->runs->len, outcome->mean);
    runs += outcome->runs->len;
  }
  print_mean (evaluation, runs);
  g_print ("%" G_GUINT64_FORMAT " frames in %.1f s, %.1f a second\n",
      evaluation->tracked, evaluation->seconds,
      (double)evaluation->tracked / MAX (evaluation->seconds, 1e-9));
}

static void
append_csv_row (GString *text, const char *name, const char *start,
    guint frames, const double *values)
{
  g_string_append_printf (text, "\"%s\",%s,%u", name, start, frames);
  for (guint f = 0; f < EVAL_N_FIGURES; f++)
    if (isnan (values[f]))
      g_string_append_c (text, ',');
    else {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.6f", values[f]);
      g_string_append_printf (text, ",%s", number);
    }
  g_string_append_c (text, '\n');
}

static void
append_csv_outcome (GString *text, const EvalOutcome *outcome)
{
  g_autofree char *name = g_strescape (outcome->sequence->name, NULL);

  for (guint r = 0; r < outcome->runs->len; r++) {
    const EvalRun *run = outcome->runs->pdata[r];
    g_autofree char *start = g_strdup_printf ("%u", run->start);

    append_csv_row (text, name, start, run->frames->len, outcome->figures[r]);
  }
  append_csv_row (
      text, name, "mean", outcome->sequence->pictures->len, outcome->mean);
}

gboolean
eval_report_write_csv (
    const Evaluation *evaluation, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new ("sequence,start,frames");
  double mean[EVAL_N_FIGURES];

  for (guint f = 0; f < EVAL_N_FIGURES; f++) {
    mean[f] = evaluation->mean[f].mean;
    g_string_append_printf (text, ",%s", eval_figure_name (f));
  }
  g_string_append_c (text, '\n');
  for (guint s = 0; s < evaluation->outcomes->len; s++)
    append_csv_outcome (text, evaluation->outcomes->pdata[s]);
  append_csv_row (text, "", "mean", (guint)evaluation->tracked, mean);
  return g_file_set_contents (path, text->str, (gssize)text->len, error);
}
