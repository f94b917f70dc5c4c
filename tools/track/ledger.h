/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TRACK_LEDGER_H
#define TRACK_LEDGER_H

#include <glib.h>

/* What became of the frames. */
typedef struct
{
  gint arrived;   /* atomic: decoded */
  gint tracked;   /* atomic */
  gint written;   /* atomic */
  guint64 lost;   /* not there, or not to be decoded */
  guint warnings; /* about lost ones */
  gboolean live;  /* frames may be left out before they are tracked */
  gboolean whole; /* the input came to its end */
} TrackLedger;

/* What was lost of @input, or on the way to @output (NULL: none), in words;
 * NULL if nothing was. */
char *track_ledger_problem (
    const TrackLedger *ledger, const char *input, const char *output);

#endif
