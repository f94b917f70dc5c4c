/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_INTAKE_H
#define SOURCE_INTAKE_H

#include "source.h"

/* Makes whole what @decoder gives to @pad: colours, times, numbers; and leaves
 * out what comes before the start. */
void intake_watch (GstPad *pad, GstElement *decoder, const TrackSource *source);

#endif
