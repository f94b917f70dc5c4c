/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_BOARD_H
#define SERVE_BOARD_H

#include "camera.h"
#include "frame.h"

typedef enum
{
  SERVE_COUNT_ADDED,
  SERVE_COUNT_LOST,
  SERVE_COUNT_FOUND,
  SERVE_COUNT_ENDED,
  SERVE_COUNT_REFUSED,
  SERVE_COUNTS
} ServeCount;

/* What is known now. Zeroed is new. */
typedef struct
{
  const char *name;  /* of the stream */
  ServeFrame *frame; /* the last, or NULL */
  gint64 frame_at;   /* when it came, monotonic, in microseconds */
  gint64 frame_wall; /* the same on the wall's clock */
  gint64 began;      /* when the program began */
  ServeCameraState camera;
  char *reason; /* why there is no picture, or NULL */
  guint64 counts[SERVE_COUNTS];
  GArray *ids; /* guint64, of all targets; NULL: none yet */
} ServeBoard;

void serve_board_clear (ServeBoard *board);

void serve_board_set_frame (ServeBoard *board, const ServeFrame *frame);
void serve_board_set_camera (
    ServeBoard *board, ServeCameraState state, const char *reason);
/* @event: the element's message. */
void serve_board_take_event (ServeBoard *board, const GstStructure *event);

/* NULL: no such target. */
const SiambanTrack *serve_board_find (const ServeBoard *board, guint64 id);

/* Of a target now: none is in sight while there is no picture. */
SiambanStatus serve_board_status (
    const ServeBoard *board, const SiambanTrack *track);

/* How sure it is that the box shows the target, now. */
double serve_board_confidence (
    const ServeBoard *board, const SiambanTrack *track);

/* Seconds since a frame came, or since the program began. */
double serve_board_silence (const ServeBoard *board);

/* Whether frames come. */
gboolean serve_board_is_healthy (const ServeBoard *board);

#endif
