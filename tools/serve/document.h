/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_DOCUMENT_H
#define SERVE_DOCUMENT_H

#include "board.h"
#include "tracker.h"

/* Version of everything below, in its member "version": it changes when a
 * member is taken away or means something else. */
#define SERVE_SCHEMA 1

/* What programs read, in JSON, without an end of line; docs/serve.md describes
 * each. Free with g_free(). */
char *serve_document_frame (const ServeBoard *board);
char *serve_document_targets (const ServeBoard *board);
char *serve_document_target (
    const ServeBoard *board, const SiambanTrack *track);
char *serve_document_event (const GstStructure *event);
char *serve_document_trouble (const char *message);
/* One target on the last frame. */
char *serve_document_sighting (
    const ServeBoard *board, const SiambanTrack *track);
/* Says the same as long as the oldest target's status and the source are the
 * same. */
char *serve_document_state (const ServeBoard *board);
char *serve_document_camera (const ServeBoard *board);
char *serve_document_health (const ServeBoard *board);
char *serve_document_stats (
    const ServeBoard *board, const ServeTrackerCounts *counts, guint64 retries);
/* What WebRTC answers to an offer. */
char *serve_document_answer (const char *sdp);
char *serve_document_error (const char *message);

#endif
