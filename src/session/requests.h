/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_REQUESTS_H
#define SIAMBAN_REQUESTS_H

#include "session/subject.h"

typedef enum
{
  SIAMBAN_REQUEST_ADD,
  SIAMBAN_REQUEST_CORRECT,
  SIAMBAN_REQUEST_REMOVE,
  SIAMBAN_REQUEST_CLEAR
} SiambanRequestType;

typedef struct
{
  SiambanRequestType type;
  guint64 id;
  SiambanBox box;
  gboolean relearn;
  SiambanSubject *subject; /* to be added; learnt already if it has a model */
  SiambanEndReason ended;  /* added and removed between two frames */
} SiambanRequest;

/* What was asked for since the last frame, and the ids that can be asked about.
 * The caller locks. */
typedef struct
{
  GQueue pending;
  GHashTable *ids; /* to the pending request that adds it, or NULL */
} SiambanRequests;

void siamban_requests_init (SiambanRequests *requests);
void siamban_requests_clear (SiambanRequests *requests);
void siamban_request_free (SiambanRequest *request);

/* @subject: (transfer full). */
void siamban_requests_add (
    SiambanRequests *requests, SiambanSubject *subject, const SiambanBox *box);
/* FALSE if there is no such track. */
gboolean siamban_requests_correct (SiambanRequests *requests, guint64 id,
    const SiambanBox *box, gboolean relearn);
gboolean siamban_requests_remove (SiambanRequests *requests, guint64 id);
void siamban_requests_remove_all (SiambanRequests *requests);

/* All that is pending, in order; with @endings only what needs no frame. */
GQueue siamban_requests_take (SiambanRequests *requests, gboolean endings);
/* The track has ended. */
void siamban_requests_forget (SiambanRequests *requests, guint64 id);

#endif
