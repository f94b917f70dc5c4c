/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/events.h"

typedef struct
{
  SiambanEvent event;
  SiambanHistory history;
  char *message;
  GDestroyNotify destroy;
} Entry;

static void
entry_free (Entry *entry)
{
  if (!entry)
    return;
  if (entry->destroy)
    entry->destroy (entry->event.track.user_data);
  siamban_history_clear (&entry->history);
  g_free (entry->message);
  g_free (entry);
}

static Entry *
events_push (SiambanEvents *events, SiambanEventType type,
    const SiambanTrack *track, guint64 time)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->event.type = type;
  entry->event.track = *track;
  entry->event.time = time;
  if (events->waiting.length == SIAMBAN_EVENTS_MAX)
    entry_free (g_queue_pop_head (&events->waiting));
  g_queue_push_tail (&events->waiting, entry);
  return entry;
}

void
siamban_events_push (SiambanEvents *events, SiambanEventType type,
    const SiambanTrack *track, guint64 time)
{
  events_push (events, type, track, time);
}

void
siamban_events_push_end (SiambanEvents *events, const SiambanTrack *track,
    guint64 time, SiambanEndReason reason, SiambanHistory *history,
    GDestroyNotify destroy)
{
  Entry *entry = events_push (events, SIAMBAN_EVENT_ENDED, track, time);

  entry->event.track.status = SIAMBAN_STATUS_ENDED;
  entry->event.reason = reason;
  entry->history = *history;
  entry->event.history = history->points;
  entry->event.n_history = history->n;
  entry->destroy = destroy;
  *history = (SiambanHistory){0};
}

void
siamban_events_push_refusal (SiambanEvents *events, const SiambanTrack *track,
    guint64 time, char *message, GDestroyNotify destroy)
{
  Entry *entry = events_push (events, SIAMBAN_EVENT_REFUSED, track, time);

  entry->message = message;
  entry->event.message = message;
  entry->destroy = destroy;
}

gboolean
siamban_events_next (SiambanEvents *events, SiambanEvent *event)
{
  Entry *entry = g_queue_pop_head (&events->waiting);

  entry_free (events->current);
  events->current = entry;
  if (entry)
    *event = entry->event;
  return entry != NULL;
}

void
siamban_events_clear (SiambanEvents *events)
{
  entry_free (events->current);
  events->current = NULL;
  g_queue_clear_full (&events->waiting, (GDestroyNotify)entry_free);
}
