/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clockwork.h"

/* Further off than this, the camera's clock has jumped. */
#define MOST_OFF ((gint64)GST_SECOND)

static gint64
off (const ServeClockwork *self, GstClockTime time, GstClockTime now)
{
  return (gint64)time + self->offset - (gint64)now;
}

GstClockTime
serve_clockwork_place (
    ServeClockwork *self, GstClockTime time, GstClockTime now, gboolean first)
{
  GstClockTime placed;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    time = now;
  if (first || !self->set || ABS (off (self, time, now)) > MOST_OFF)
    self->offset = (gint64)now - (gint64)time;
  placed = (GstClockTime)MAX ((gint64)time + self->offset, 0);
  if (self->set && placed <= self->last)
    placed = self->last + 1;
  self->set = TRUE;
  self->last = placed;
  return placed;
}
