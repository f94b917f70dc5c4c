/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/requests.h"

void
siamban_requests_init (SiambanRequests *requests)
{
  g_queue_init (&requests->pending);
  requests->ids =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

void
siamban_request_free (SiambanRequest *request)
{
  if (request->subject)
    siamban_subject_drop (request->subject);
  g_free (request);
}

void
siamban_requests_clear (SiambanRequests *requests)
{
  g_queue_clear_full (&requests->pending, (GDestroyNotify)siamban_request_free);
  g_hash_table_destroy (requests->ids);
}

static SiambanRequest *
requests_push (SiambanRequests *requests, SiambanRequestType type, guint64 id)
{
  SiambanRequest *request = g_new0 (SiambanRequest, 1);

  request->type = type;
  request->id = id;
  g_queue_push_tail (&requests->pending, request);
  return request;
}

static void
set_id (SiambanRequests *requests, guint64 id, SiambanRequest *request)
{
  g_hash_table_insert (requests->ids, g_memdup2 (&id, sizeof id), request);
}

void
siamban_requests_add (
    SiambanRequests *requests, SiambanSubject *subject, const SiambanBox *box)
{
  guint64 id = subject->track.id;
  SiambanRequest *request = requests_push (requests, SIAMBAN_REQUEST_ADD, id);

  request->subject = subject;
  request->box = *box;
  set_id (requests, id, request);
}

gboolean
siamban_requests_correct (SiambanRequests *requests, guint64 id,
    const SiambanBox *box, gboolean relearn)
{
  SiambanRequest *request;

  if (!g_hash_table_contains (requests->ids, &id))
    return FALSE;
  request = requests_push (requests, SIAMBAN_REQUEST_CORRECT, id);
  request->box = *box;
  request->relearn = relearn;
  return TRUE;
}

gboolean
siamban_requests_remove (SiambanRequests *requests, guint64 id)
{
  gpointer adding;

  if (!g_hash_table_lookup_extended (requests->ids, &id, NULL, &adding))
    return FALSE;
  if (adding)
    ((SiambanRequest *)adding)->ended = SIAMBAN_END_REMOVED;
  else
    requests_push (requests, SIAMBAN_REQUEST_REMOVE, id);
  g_hash_table_remove (requests->ids, &id);
  return TRUE;
}

void
siamban_requests_remove_all (SiambanRequests *requests)
{
  GHashTableIter iter;
  gpointer adding;

  g_hash_table_iter_init (&iter, requests->ids);
  while (g_hash_table_iter_next (&iter, NULL, &adding)) {
    if (adding)
      ((SiambanRequest *)adding)->ended = SIAMBAN_END_CLEARED;
  }
  g_hash_table_remove_all (requests->ids);
  requests_push (requests, SIAMBAN_REQUEST_CLEAR, 0);
}

static gboolean
needs_frame (const SiambanRequest *request)
{
  return request->type == SIAMBAN_REQUEST_CORRECT ||
         (request->type == SIAMBAN_REQUEST_ADD && !request->ended);
}

/* Once taken, an addition is not to be called off any more. */
static void
requests_settle (SiambanRequests *requests, const SiambanRequest *request)
{
  if (request->type == SIAMBAN_REQUEST_ADD && !request->ended)
    set_id (requests, request->id, NULL);
}

GQueue
siamban_requests_take (SiambanRequests *requests, gboolean endings)
{
  GQueue taken = G_QUEUE_INIT;
  GList *next;

  for (GList *link = requests->pending.head; link; link = next) {
    next = link->next;
    if (endings && needs_frame (link->data))
      continue;
    requests_settle (requests, link->data);
    g_queue_unlink (&requests->pending, link);
    g_queue_push_tail_link (&taken, link);
  }
  return taken;
}

void
siamban_requests_forget (SiambanRequests *requests, guint64 id)
{
  g_hash_table_remove (requests->ids, &id);
}
