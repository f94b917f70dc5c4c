/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_EVENTS_H
#define SIAMBAN_EVENTS_H

#include <siamban/session.h>

#include "session/history.h"

#define SIAMBAN_EVENTS_MAX 4096

/* What happened and was not read yet. All zero is empty. */
typedef struct
{
  GQueue waiting;
  gpointer current; /* the one read last, still valid */
} SiambanEvents;

void siamban_events_push (SiambanEvents *events, SiambanEventType type,
    const SiambanTrack *track, guint64 time);
/* @history: (transfer full) @destroy: of the track's user data, called when
 * the event is done with. */
void siamban_events_push_end (SiambanEvents *events, const SiambanTrack *track,
    guint64 time, SiambanEndReason reason, SiambanHistory *history,
    GDestroyNotify destroy);
/* @message: (transfer full) @destroy: (nullable): as above. */
void siamban_events_push_refusal (SiambanEvents *events,
    const SiambanTrack *track, guint64 time, char *message,
    GDestroyNotify destroy);

gboolean siamban_events_next (SiambanEvents *events, SiambanEvent *event);
void siamban_events_clear (SiambanEvents *events);

#endif
