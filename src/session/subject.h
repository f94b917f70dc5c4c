/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SUBJECT_H
#define SIAMBAN_SUBJECT_H

#include <siamban/session.h>

#include "session/batch.h"
#include "session/history.h"
#include "session/portrait.h"
#include "session/robust.h"
#include "tracker/tracker.h"

/* One target of a session: what was learnt of it, where it is, and the track
 * that is shown of it. */
typedef struct
{
  SiambanTrack track;
  GDestroyNotify destroy; /* of the track's user data */
  SiambanHistory history;

  SiambanPortrait portrait;
  const SiambanModel *model; /* that what follows is for */
  SiambanTemplate *template;
  SiambanRobust *robust; /* NULL in reference mode */

  SiambanTrackState state;
  int width, height;     /* of the frame that the state is in */
  double vx, vy;         /* pixels a frame */
  double from_x, from_y; /* where it was when it was searched last */
  guint64 searched;      /* number of the frame */
  guint64 turn;          /* rises from search to search, over all targets */
  guint64 due;           /* number of the frame to search on next */
  unsigned gap;          /* frames from one search to the next */
  guint64 lost_ns;
} SiambanSubject;

SiambanSubject *siamban_subject_new (
    guint64 id, gpointer user_data, GDestroyNotify destroy);
/* @destroy is not called: the user data is the event's by then. */
void siamban_subject_free (SiambanSubject *subject);
/* And @destroy is. */
void siamban_subject_drop (SiambanSubject *subject);

/* Learns what @box shows in @frame, whose mean colour is @mean. FALSE with
 * SIAMBAN_ERROR_ARGUMENT, leaving all as it was, if @frame does not show it. */
gboolean siamban_subject_learn (SiambanSubject *subject, SiambanModel *model,
    const SiambanFrame *frame, const double mean[3], const SiambanBox *box,
    const SiambanSessionOptions *options, GError **error);
/* Learns what is missing for @model and the mode from the pictures kept. */
void siamban_subject_adapt (SiambanSubject *subject, SiambanModel *model,
    const SiambanSessionOptions *options);

/* It is in @box of a frame of that size, whatever was thought. FALSE with
 * SIAMBAN_ERROR_ARGUMENT if @frame does not show it. */
gboolean siamban_subject_place (SiambanSubject *subject,
    const SiambanFrame *frame, const SiambanBox *box, GError **error);

/* Frames are now @width x @height. FALSE if they already were. */
gboolean siamban_subject_resize (
    SiambanSubject *subject, int width, int height);

/* Where to look for it; of a lost one, where next. */
SiambanView siamban_subject_view (
    SiambanSubject *subject, const SiambanTrackParams *params);

/* Takes what a search on frame number @frame found; @search without
 * candidates. */
void siamban_subject_accept (
    SiambanSubject *subject, SiambanSearch *search, guint64 frame);
/* Moves it on for a frame without a search. */
void siamban_subject_predict (SiambanSubject *subject);
/* When to search next, @interval as in the options. */
void siamban_subject_plan (
    SiambanSubject *subject, guint64 frame, unsigned interval);
/* The next frame does not follow the last. */
void siamban_subject_interrupt (SiambanSubject *subject);

#endif
