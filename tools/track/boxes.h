/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_BOXES_H
#define TRACK_BOXES_H

#include <glib.h>

typedef struct
{
  double x, y, w, h;
} TrackBox;

/* Reads a box as people and data sets write it: four numbers x, y, w, h, or
 * eight, the corners of a polygon, which stand for the upright box around it.
 * They are separated by commas, semicolons, spaces or tabs. Returns FALSE with
 * @error, which quotes @text, if it is none. */
gboolean track_box_parse (const char *text, TrackBox *box, GError **error);

/* Reads the box of frame @frame from a file with one line a frame, or with one
 * line that is for any. */
gboolean track_box_read (
    const char *path, guint64 frame, TrackBox *box, GError **error);

#endif
