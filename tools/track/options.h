/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_OPTIONS_H
#define TRACK_OPTIONS_H

#include <glib.h>

#include "boxes.h"

typedef struct
{
  char *input;
  char *output; /* NULL: none */
  char *json;   /* NULL: none, "-": standard output */
  gboolean show;
  char *model;
  char *config;
  GArray *boxes;   /* of TrackBox: of the first frame, in pixels; those of
                      box_file are not among them */
  char *box_file;  /* or NULL */
  gboolean select; /* boxes are drawn by hand: see select.h */
  int threads;
  char *precision; /* NULL, "auto", "fp32", "int8" or "bf16" */
  char *mode;      /* NULL, "robust" or "reference" */
  int start_index; /* -1: not given */
  double fps;      /* 0: not given */
  gboolean gaps;
  guint64 start_frame;
  guint64 start_time; /* nanoseconds */
} TrackOptions;

/* Ends the program for --help and --version. Returns FALSE with an error that
 * needs no file to be looked at: exit code 2. */
gboolean track_options_parse (
    TrackOptions *options, int argc, char **argv, GError **error);
void track_options_clear (TrackOptions *options);

#endif
