/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_META_H
#define SIAMBAN_META_H

/**
 * SECTION:siambanmeta
 *
 * Reads what the elements `siambantrack` and `siambancrop` leave on buffers: a
 * #GstCustomMeta named %SIAMBAN_META_NAME, with all tracks of the frame. It
 * needs nothing but GStreamer's core: programs include this header and link
 * with gstreamer-1.0.
 * |[
 * for (guint i = 0; i < siamban_meta_n_tracks (buffer); i++) {
 *   SiambanTrack track;
 *
 *   siamban_meta_get_track (buffer, i, &track);
 *   g_print ("%" G_GUINT64_FORMAT ": %.1f %.1f\n", track.id, track.box.x,
 *       track.box.y);
 * }
 * ]|
 * The structure has `width` and `height` (int: of the frame that the boxes are
 * in) and `tracks` (a #GstValueArray of structures `track`, in the order in
 * which the targets were added). A `track` has
 *
 * - `id` (uint64) and `label` (string);
 * - `status` (string): `tracked`, `uncertain` or `lost`;
 * - `x`, `y`, `w`, `h` (double): the box, in pixels, not rounded; it may reach
 *   over the edge of the frame, or, after a crop, lie outside;
 * - `score`, `peak`, `confidence` (double, 0 to 1);
 * - `predicted` (boolean): moved on without running the network;
 * - `search-x`, `search-y`, `search-w`, `search-h` (double): the area that was
 *   searched; absent before the first search;
 * - `first-seen`, `last-seen` (uint64): running times, %GST_CLOCK_TIME_NONE if
 *   not known;
 * - `age`, `unseen` (uint64): frames since it was added, and since it was seen;
 * - `late` (uint64, nanoseconds): how much older the frame is that the box was
 *   found on; 0 unless inference runs beside the stream.
 */

#include <string.h>

#include <gst/gst.h>
#include <siamban/session.h>

G_BEGIN_DECLS

#define SIAMBAN_META_NAME "GstSiambanTrackMeta"

/* (transfer none) (nullable): the structure described above, valid as long as
 * the meta is on @buffer. Not to be changed. */
static inline const GstStructure *
siamban_meta_get_structure (GstBuffer *buffer)
{
  GstCustomMeta *meta = NULL;

  /* Where no element registered it, no buffer has it. */
  if (gst_meta_get_info (SIAMBAN_META_NAME))
    meta = gst_buffer_get_custom_meta (buffer, SIAMBAN_META_NAME);
  return meta ? gst_custom_meta_get_structure (meta) : NULL;
}

/* 0 if @buffer has no such meta. */
static inline guint
siamban_meta_n_tracks (GstBuffer *buffer)
{
  const GstStructure *s = siamban_meta_get_structure (buffer);
  const GValue *tracks = s ? gst_structure_get_value (s, "tracks") : NULL;

  return tracks ? gst_value_array_get_size (tracks) : 0;
}

/* (transfer none): the structure `track` number @i, below
 * siamban_meta_n_tracks(). */
static inline const GstStructure *
siamban_meta_get_track_structure (GstBuffer *buffer, guint i)
{
  const GstStructure *s = siamban_meta_get_structure (buffer);

  return gst_value_get_structure (
      gst_value_array_get_value (gst_structure_get_value (s, "tracks"), i));
}

static inline SiambanStatus
siamban_meta_parse_status (const GstStructure *s)
{
  const gchar *name = gst_structure_get_string (s, "status");

  if (name && strcmp (name, "tracked") == 0)
    return SIAMBAN_STATUS_TRACKED;
  if (name && strcmp (name, "uncertain") == 0)
    return SIAMBAN_STATUS_UNCERTAIN;
  return SIAMBAN_STATUS_LOST;
}

/* Reads a structure `track` into @track; what it lacks is 0, and its @user_data
 * NULL. */
static inline void
siamban_meta_parse_track (const GstStructure *s, SiambanTrack *track)
{
  memset (track, 0, sizeof *track);
  track->status = siamban_meta_parse_status (s);
  gst_structure_get_uint64 (s, "id", &track->id);
  gst_structure_get_double (s, "x", &track->box.x);
  gst_structure_get_double (s, "y", &track->box.y);
  gst_structure_get_double (s, "w", &track->box.w);
  gst_structure_get_double (s, "h", &track->box.h);
  gst_structure_get_double (s, "score", &track->score);
  gst_structure_get_double (s, "peak", &track->peak);
  gst_structure_get_double (s, "confidence", &track->confidence);
  gst_structure_get_boolean (s, "predicted", &track->predicted);
  gst_structure_get_double (s, "search-x", &track->search.x);
  gst_structure_get_double (s, "search-y", &track->search.y);
  gst_structure_get_double (s, "search-w", &track->search.w);
  gst_structure_get_double (s, "search-h", &track->search.h);
  gst_structure_get_uint64 (s, "first-seen", &track->first_seen);
  gst_structure_get_uint64 (s, "last-seen", &track->last_seen);
  gst_structure_get_uint64 (s, "age", &track->age);
  gst_structure_get_uint64 (s, "unseen", &track->unseen);
}

/* @i: below siamban_meta_n_tracks(). */
static inline void
siamban_meta_get_track (GstBuffer *buffer, guint i, SiambanTrack *track)
{
  siamban_meta_parse_track (
      siamban_meta_get_track_structure (buffer, i), track);
}

G_END_DECLS

#endif
