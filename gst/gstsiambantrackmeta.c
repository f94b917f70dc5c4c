/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambantrackmeta.h"

#include "siambanmeta.h"

static GstStructure *
structure_from_result (const GstSiambanResult *result)
{
  const SiambanTrack *t = &result->track;
  GstStructure *s = gst_structure_new ("track", "id", G_TYPE_UINT64, t->id,
      "label", G_TYPE_STRING, result->label, "status", G_TYPE_STRING,
      siamban_status_name (t->status), "x", G_TYPE_DOUBLE, t->box.x, "y",
      G_TYPE_DOUBLE, t->box.y, "w", G_TYPE_DOUBLE, t->box.w, "h", G_TYPE_DOUBLE,
      t->box.h, "score", G_TYPE_DOUBLE, t->score, "peak", G_TYPE_DOUBLE,
      t->peak, "confidence", G_TYPE_DOUBLE, t->confidence, "predicted",
      G_TYPE_BOOLEAN, t->predicted, "first-seen", G_TYPE_UINT64, t->first_seen,
      "last-seen", G_TYPE_UINT64, t->last_seen, "age", G_TYPE_UINT64, t->age,
      "unseen", G_TYPE_UINT64, t->unseen, "late", G_TYPE_UINT64, result->late,
      NULL);

  if (t->search.w > 0 && t->search.h > 0)
    gst_structure_set (s, "search-x", G_TYPE_DOUBLE, t->search.x, "search-y",
        G_TYPE_DOUBLE, t->search.y, "search-w", G_TYPE_DOUBLE, t->search.w,
        "search-h", G_TYPE_DOUBLE, t->search.h, NULL);
  return s;
}

static void
trackmeta_append (GValue *tracks, GstStructure *track)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, track);
  gst_value_array_append_and_take_value (tracks, &value);
}

/* @tracks: (transfer full). */
static void
trackmeta_fill (GstCustomMeta *meta, gint width, gint height, GValue *tracks)
{
  GstStructure *s = gst_custom_meta_get_structure (meta);

  gst_structure_set (
      s, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);
  gst_structure_take_value (s, "tracks", tracks);
}

static gboolean
move_box (
    GstStructure *track, const gchar *const *fields, const GstSiambanWarp *warp)
{
  SiambanBox box;

  if (!gst_structure_get (track, fields[0], G_TYPE_DOUBLE, &box.x, fields[1],
          G_TYPE_DOUBLE, &box.y, fields[2], G_TYPE_DOUBLE, &box.w, fields[3],
          G_TYPE_DOUBLE, &box.h, NULL))
    return FALSE;
  gst_siamban_warp_box (warp, &box);
  gst_structure_set (track, fields[0], G_TYPE_DOUBLE, box.x, fields[1],
      G_TYPE_DOUBLE, box.y, fields[2], G_TYPE_DOUBLE, box.w, fields[3],
      G_TYPE_DOUBLE, box.h, NULL);
  return TRUE;
}

void
gst_siamban_track_meta_copy_warped (
    GstBuffer *dest, GstCustomMeta *meta, const GstSiambanWarp *warp)
{
  static const gchar *const box[] = {"x", "y", "w", "h"};
  static const gchar *const search[] = {
      "search-x", "search-y", "search-w", "search-h"};
  const GValue *old =
      gst_structure_get_value (gst_custom_meta_get_structure (meta), "tracks");
  GValue tracks = G_VALUE_INIT;

  gst_value_array_init (&tracks, gst_value_array_get_size (old));
  for (guint i = 0; i < gst_value_array_get_size (old); i++) {
    GstStructure *track = gst_structure_copy (
        gst_value_get_structure (gst_value_array_get_value (old, i)));

    move_box (track, box, warp);
    move_box (track, search, warp);
    trackmeta_append (&tracks, track);
  }
  trackmeta_fill (gst_buffer_add_custom_meta (dest, SIAMBAN_META_NAME),
      warp->width, warp->height, &tracks);
}

static gboolean
copy_field (GQuark field, const GValue *value, gpointer to)
{
  gst_structure_id_set_value (to, field, value);
  return TRUE;
}

static gboolean
trackmeta_transform (GstBuffer *dest, GstCustomMeta *meta, GstBuffer *buffer,
    GQuark type, gpointer data, gpointer user_data)
{
  GstSiambanWarp warp;

  (void)buffer;
  (void)user_data;
  if (GST_META_TRANSFORM_IS_COPY (type)) {
    GstCustomMeta *copy = gst_buffer_add_custom_meta (dest, SIAMBAN_META_NAME);

    gst_structure_foreach (gst_custom_meta_get_structure (meta), copy_field,
        gst_custom_meta_get_structure (copy));
    return TRUE;
  }
  if (!gst_siamban_warp_init_transform (&warp, type, data))
    return FALSE;
  gst_siamban_track_meta_copy_warped (dest, meta, &warp);
  return TRUE;
}

void
gst_siamban_track_meta_register (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done)) {
    /* Those of a region of interest: who keeps the one keeps the other. */
    static const gchar *tags[] = {GST_META_TAG_VIDEO_STR,
        GST_META_TAG_VIDEO_ORIENTATION_STR, GST_META_TAG_VIDEO_SIZE_STR, NULL};

    /* A program may hold two copies of this code. */
    if (!gst_meta_get_info (SIAMBAN_META_NAME))
      gst_meta_register_custom (
          SIAMBAN_META_NAME, tags, trackmeta_transform, NULL, NULL);
    g_once_init_leave (&done, 1);
  }
}

/* The tracks of a frame come from one or from several elements in a row. */
void
gst_siamban_track_meta_add (GstBuffer *buffer, gint width, gint height,
    const GstSiambanResult *results, guint n)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, SIAMBAN_META_NAME);
  GValue tracks = G_VALUE_INIT;

  if (meta) {
    g_value_init (&tracks, GST_TYPE_ARRAY);
    g_value_copy (gst_structure_get_value (
                      gst_custom_meta_get_structure (meta), "tracks"),
        &tracks);
  } else {
    meta = gst_buffer_add_custom_meta (buffer, SIAMBAN_META_NAME);
    gst_value_array_init (&tracks, n);
  }
  for (guint i = 0; i < n; i++)
    trackmeta_append (&tracks, structure_from_result (&results[i]));
  trackmeta_fill (meta, width, height, &tracks);
}
