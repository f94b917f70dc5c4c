/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SESSION_H
#define SIAMBAN_SESSION_H

#include <siamban/box.h>
#include <siamban/frame.h>
#include <siamban/model.h>

G_BEGIN_DECLS

/**
 * SiambanSession:
 *
 * Many targets over one model on one stream of frames. Targets are added,
 * removed and corrected from any thread; one thread at a time processes frames
 * and then reads tracks and events. Nothing is ever called back.
 *
 * Times are nanoseconds on a clock of the caller's choice (a running time,
 * say); they serve ages and @max_lost_age. SIAMBAN_TIME_NONE is a frame without
 * one: ages are then counted at 25 frames a second. A time that runs backwards
 * is taken as it is, and makes nobody older.
 */
typedef struct _SiambanSession SiambanSession;

#define SIAMBAN_TIME_NONE ((guint64)-1)

/**
 * SiambanMode:
 * @SIAMBAN_MODE_REFERENCE: the published tracker, bit for bit: the best box of
 *     every frame is taken, whatever its score. Always "tracked".
 * @SIAMBAN_MODE_ROBUST: a filter learnt online beside the network corrects the
 *     choice, tells when the target is lost, and finds it again.
 */
typedef enum
{
  SIAMBAN_MODE_REFERENCE,
  SIAMBAN_MODE_ROBUST
} SiambanMode;

/**
 * SiambanStatus:
 * @SIAMBAN_STATUS_TRACKED: it is where the box is.
 * @SIAMBAN_STATUS_UNCERTAIN: hidden in part, changed, or about to be lost: the
 *     box still moves, but keeps its size.
 * @SIAMBAN_STATUS_LOST: not in sight: the box stays where it was last seen, and
 *     the frame is searched.
 * @SIAMBAN_STATUS_ENDED: removed, or lost for too long; only in events.
 */
typedef enum
{
  SIAMBAN_STATUS_TRACKED,
  SIAMBAN_STATUS_UNCERTAIN,
  SIAMBAN_STATUS_LOST,
  SIAMBAN_STATUS_ENDED
} SiambanStatus;

/* "tracked", "uncertain", "lost" or "ended"; static. */
SIAMBAN_API const char *siamban_status_name (SiambanStatus status);
/* "reference" or "robust"; static. */
SIAMBAN_API const char *siamban_mode_name (SiambanMode mode);
/* FALSE if it is none of them; @mode is left alone then. */
SIAMBAN_API gboolean siamban_mode_from_name (
    const char *name, SiambanMode *mode);

/**
 * SiambanSessionOptions:
 * @mode: default robust.
 * @threads: most threads to use for one frame, 0 (default) for all that the
 *     affinity mask allows.
 * @max_targets: further ones are refused; default 64.
 * @max_searches: most network runs for one frame; the targets take turns when
 *     there are more of them. 0 (default) is no limit.
 * @interval: the network runs on every @interval-th frame, default 1; boxes in
 *     between are moved on and marked as predicted. 0: fewer runs while a
 *     target hardly moves and its confidence is high.
 * @first_id: id of the first track, default 1; the next ones count from there.
 *     0: ids from 1 on that all sessions of the process with this option share,
 *     so that none is used twice in it.
 * @max_lost_age: a target lost for longer ends; nanoseconds, 0 is never.
 * @lost_threshold: confidence below which a target is lost if it stays there
 *     for some frames, and nothing is learnt; 0 to 1, default 0.15.
 * @found_threshold: confidence from which on a target is tracked, and a lost
 *     one found if it stays there; in between it is uncertain. @lost_threshold
 *     to 1, default 0.75.
 * @fusion: weight of the filter beside the network's score; 0 to 1, default
 *     0.4.
 *
 * Always start from siamban_session_options_init().
 */
typedef struct
{
  SiambanMode mode;
  unsigned threads;
  unsigned max_targets;
  unsigned max_searches;
  unsigned interval;
  guint64 first_id;
  guint64 max_lost_age;
  double lost_threshold;
  double found_threshold;
  double fusion;
  /*< private >*/
  gpointer reserved[16];
} SiambanSessionOptions;

/* The defaults. */
SIAMBAN_API void siamban_session_options_init (SiambanSessionOptions *options);

/**
 * SiambanTrack:
 * @id: never used twice in a session, never 0.
 * @status: never ENDED for a track that siamban_session_get_tracks() gives.
 * @box: where it is, or was last seen; it may reach over the frame's edge.
 * @score: the network's probability at the chosen point, 0 to 1; 1 only on the
 *     frame that it was learnt on.
 * @peak: the highest probability anywhere in the search area.
 * @confidence: how sure it is that the box shows the target, 0 to 1, on one
 *     scale over time and models; 0 while it is lost; in reference mode the
 *     same as @score.
 * @predicted: the box was moved on without running the network.
 * @search: the area of the frame that was searched last; empty before.
 * @first_seen: time of the frame it was learnt on.
 * @last_seen: time of the last frame with status tracked or uncertain.
 * @age: frames since it was added.
 * @unseen: frames since it was last seen.
 * @user_data: as given when it was added.
 */
typedef struct
{
  guint64 id;
  SiambanStatus status;
  SiambanBox box;
  double score;
  double peak;
  double confidence;
  gboolean predicted;
  SiambanBox search;
  guint64 first_seen;
  guint64 last_seen;
  guint64 age;
  guint64 unseen;
  gpointer user_data;
  /*< private >*/
  gpointer reserved[8];
} SiambanTrack;

/**
 * SiambanEventType:
 * @SIAMBAN_EVENT_ADDED: a target was learnt.
 * @SIAMBAN_EVENT_LOST: it is not in sight any more.
 * @SIAMBAN_EVENT_FOUND: a lost one is there again, under its id.
 * @SIAMBAN_EVENT_RESIZED: the frame has a new size; the track goes on in it.
 * @SIAMBAN_EVENT_RESEEDED: a box given for a target was learnt under its id.
 * @SIAMBAN_EVENT_ENDED: with a reason, and where the target has been.
 * @SIAMBAN_EVENT_REFUSED: a box could not be followed; @message says why.
 */
typedef enum
{
  SIAMBAN_EVENT_ADDED,
  SIAMBAN_EVENT_LOST,
  SIAMBAN_EVENT_FOUND,
  SIAMBAN_EVENT_RESIZED,
  SIAMBAN_EVENT_RESEEDED,
  SIAMBAN_EVENT_ENDED,
  SIAMBAN_EVENT_REFUSED
} SiambanEventType;

/* "added", "lost" ...; static. */
SIAMBAN_API const char *siamban_event_name (SiambanEventType type);

/**
 * SiambanEndReason:
 * @SIAMBAN_END_NONE: it has not ended.
 * @SIAMBAN_END_REMOVED: siamban_session_remove().
 * @SIAMBAN_END_CLEARED: siamban_session_clear().
 * @SIAMBAN_END_LOST: lost for longer than @max_lost_age.
 */
typedef enum
{
  SIAMBAN_END_NONE,
  SIAMBAN_END_REMOVED,
  SIAMBAN_END_CLEARED,
  SIAMBAN_END_LOST
} SiambanEndReason;

/* "none", "removed", "cleared" or "lost"; static. */
SIAMBAN_API const char *siamban_end_reason_name (SiambanEndReason reason);

/* One place of a track's history. */
typedef struct
{
  guint64 time;
  SiambanStatus status;
  SiambanBox box;
  double confidence;
} SiambanPoint;

/**
 * SiambanEvent:
 * @type: what happened.
 * @time: of the frame it happened on.
 * @track: the track as of then; of a refused one only @id, @box and @user_data.
 * @reason: why it ended.
 * @history: (array length=n_history): of an ended one, oldest first; long ones
 *     are thinned out evenly. Valid until the next event is read.
 * @n_history: 0 for other events.
 * @message: (nullable): why it was refused; valid until the next event is read.
 */
typedef struct
{
  SiambanEventType type;
  guint64 time;
  SiambanTrack track;
  SiambanEndReason reason;
  const SiambanPoint *history;
  guint n_history;
  const char *message;
  /*< private >*/
  gpointer reserved[8];
} SiambanEvent;

/**
 * SiambanSessionStats:
 * @frames: processed, skipped ones too.
 * @searches: crops that the network ran on.
 * @predictions: boxes that were moved on instead.
 * @tracked, @uncertain, @lost: targets by status, now.
 * @last_ns, @total_ns: time spent in processing, of the last frame and of all.
 */
typedef struct
{
  guint64 frames;
  guint64 searches;
  guint64 predictions;
  guint tracked;
  guint uncertain;
  guint lost;
  guint64 last_ns;
  guint64 total_ns;
  /*< private >*/
  gpointer reserved[16];
} SiambanSessionStats;

/**
 * siamban_session_new:
 * @model: the session takes its own reference.
 * @options: (nullable): %NULL for the defaults.
 *
 * Returns: (transfer full): freed by siamban_session_free(), or %NULL with
 *     %SIAMBAN_ERROR_ARGUMENT: the message names the option.
 */
SIAMBAN_API SiambanSession *siamban_session_new (
    SiambanModel *model, const SiambanSessionOptions *options, GError **error);

/* Frees the targets and the user data; no events are given any more. */
SIAMBAN_API void siamban_session_free (SiambanSession *session);

/* From any thread; they hold from the next frame on. @first_id has no effect on
 * tracks that exist. */
SIAMBAN_API gboolean siamban_session_set_options (SiambanSession *session,
    const SiambanSessionOptions *options, GError **error);
SIAMBAN_API void siamban_session_get_options (
    SiambanSession *session, SiambanSessionOptions *options);

/**
 * siamban_session_set_model:
 *
 * From any thread: from the next frame on @model is used. Targets, ids and
 * boxes are kept; what was learnt of a target is learnt anew from the pictures
 * of it that the session kept.
 */
SIAMBAN_API void siamban_session_set_model (
    SiambanSession *session, SiambanModel *model);

/**
 * siamban_session_add:
 * @box: the object, in pixels of the next frame.
 * @user_data: (nullable): given back with the track and its events.
 * @destroy: (nullable): frees @user_data, in whatever thread, after the event
 *     of the track's end was read or the session freed.
 *
 * From any thread: follow what @box shows in the next frame. The event added or
 * refused says what came of it: at least 1x1 pixel of it has to lie in the
 * frame.
 *
 * Returns: the track's id.
 */
SIAMBAN_API guint64 siamban_session_add (SiambanSession *session,
    const SiambanBox *box, gpointer user_data, GDestroyNotify destroy);

/**
 * siamban_session_add_from:
 * @frame: an earlier frame that shows the object.
 * @time: of that frame.
 *
 * As siamban_session_add(), but the object is learnt from @frame, at once and
 * in the caller's thread, and looked for in the next frame.
 *
 * Returns: the id, or 0 with %SIAMBAN_ERROR_ARGUMENT if @frame does not show
 *     @box; there is no event then, and @destroy is not called.
 */
SIAMBAN_API guint64 siamban_session_add_from (SiambanSession *session,
    const SiambanFrame *frame, guint64 time, const SiambanBox *box,
    gpointer user_data, GDestroyNotify destroy, GError **error);

/**
 * siamban_session_correct:
 * @box: where the target is on the next frame, from a detector, say.
 * @relearn: whether to learn its looks anew there, too.
 *
 * From any thread. The target is tracked from there on, whatever its status.
 *
 * Returns: FALSE if there is no such track.
 */
SIAMBAN_API gboolean siamban_session_correct (SiambanSession *session,
    guint64 id, const SiambanBox *box, gboolean relearn);

/* From any thread. FALSE if there is no such track. The event follows the next
 * frame, or siamban_session_flush(). */
SIAMBAN_API gboolean siamban_session_remove (
    SiambanSession *session, guint64 id);
SIAMBAN_API void siamban_session_clear (SiambanSession *session);

/* From any thread: the next frame does not follow the one before (a seek, a
 * lost connection). Targets are looked for near where they were, then
 * everywhere; nothing is learnt on that frame. */
SIAMBAN_API void siamban_session_discontinuity (SiambanSession *session);

/**
 * siamban_session_process:
 * @frame: the next frame, of any format and size. A new size scales boxes and
 *     whatever was learnt, and the frame is tracked like any other.
 * @time: of the frame, or SIAMBAN_TIME_NONE.
 *
 * Carries out what was asked for, and follows the targets into @frame. Blocks
 * until done.
 *
 * Returns: %FALSE with %SIAMBAN_ERROR_ARGUMENT if @frame is unusable; nothing
 *     has changed then.
 */
SIAMBAN_API gboolean siamban_session_process (SiambanSession *session,
    const SiambanFrame *frame, guint64 time, GError **error);

/* As siamban_session_process(), for a frame that there is no time for: no
 * network is run, boxes are moved on and marked as predicted. What was asked
 * for is kept for the next frame. */
SIAMBAN_API void siamban_session_skip (SiambanSession *session, guint64 time);

/* Carries out removals and clearing without a frame, so that their events can
 * be read: before the end of a stream. */
SIAMBAN_API void siamban_session_flush (SiambanSession *session);

/* Writes at most @n tracks, in the order they were added, and returns how many
 * there are. By the processing thread. */
SIAMBAN_API guint siamban_session_get_tracks (
    SiambanSession *session, SiambanTrack *tracks, guint n);

/* The next event in order, FALSE if there is none. By the processing thread.
 * The oldest are dropped if 4096 wait unread. */
SIAMBAN_API gboolean siamban_session_next_event (
    SiambanSession *session, SiambanEvent *event);

/* From any thread. */
SIAMBAN_API void siamban_session_get_stats (
    SiambanSession *session, SiambanSessionStats *stats);

G_END_DECLS

#endif
