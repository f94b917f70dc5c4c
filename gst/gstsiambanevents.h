/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_EVENTS_H
#define GST_SIAMBAN_EVENTS_H

#include "gstsiambantracker.h"

/* Takes a custom @event, going up or down, that asks for something here: one
 * of "siambantrack-seed", "siambantrack-remove" and "siambantrack-reset" whose
 * field "element", if it has one, is the name of the tracker's element. Returns
 * FALSE if it is not for us; else the event goes no further. */
gboolean gst_siamban_events_take (GstSiambanTracker *tracker, GstEvent *event);

#endif
