/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SESSION_PRIVATE_H
#define SIAMBAN_SESSION_PRIVATE_H

#include <siamban/session.h>

#include "session/batch.h"
#include "session/events.h"
#include "session/requests.h"
#include "session/subject.h"

struct _SiambanSession
{
  /* Guarded by the lock. */
  GMutex lock;
  SiambanSessionOptions options;
  SiambanModel *model;
  SiambanRequests requests;
  guint64 next_id;
  gboolean discontinuity;
  SiambanSessionStats stats;

  /* The processing thread's. */
  SiambanModel *used; /* what the targets were learnt for */
  double *window;
  GPtrArray *subjects; /* of SiambanSubject, in the order they were added */
  SiambanEvents events;
  SiambanBatch batch;
  GPtrArray *searching; /* of SiambanSubject, in the batch's order */
  guint64 frame;        /* number of the last one, from 1 */
  guint64 time;         /* of the last one */
  guint64 turns;        /* searches so far */
};

/* What holds for one frame. */
typedef struct
{
  const SiambanFrame *frame; /* NULL: a skipped one */
  guint64 time;
  guint64 passed; /* nanoseconds since the frame before */
  SiambanSessionOptions options;
  gboolean discontinuity;
  GQueue requests;
  gboolean has_mean;
  double mean[3]; /* of the frame; see siamban_process_frame() */
} SiambanStep;

/* Why @frame cannot be used is told by FALSE with SIAMBAN_ERROR_ARGUMENT. */
gboolean siamban_frame_check (const SiambanFrame *frame, GError **error);

/* The work of a frame, and of what was asked for before it. */
void siamban_session_step (SiambanSession *session, SiambanStep *step);
/* Carries out what needs no frame. */
void siamban_session_end_some (SiambanSession *session, GQueue *requests);

#endif
