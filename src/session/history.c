/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/history.h"

#include "session/scale.h"

static void
thin_out (SiambanHistory *history)
{
  for (guint i = 0; 2 * i < history->n; i++)
    history->points[i] = history->points[2 * i];
  history->n = (history->n + 1) / 2;
  history->step *= 2;
}

void
siamban_history_add (
    SiambanHistory *history, const SiambanTrack *track, guint64 time)
{
  if (!history->points) {
    history->points = g_new (SiambanPoint, SIAMBAN_HISTORY_MAX);
    history->step = 1;
  }
  if (history->seen++ % history->step != 0)
    return;
  if (history->n == SIAMBAN_HISTORY_MAX)
    thin_out (history);
  history->points[history->n++] =
      (SiambanPoint){time, track->status, track->box, track->confidence};
}

void
siamban_history_scale (SiambanHistory *history, double sx, double sy)
{
  for (guint i = 0; i < history->n; i++)
    siamban_box_scale (&history->points[i].box, sx, sy);
}

void
siamban_history_clear (SiambanHistory *history)
{
  g_free (history->points);
  *history = (SiambanHistory){0};
}
