/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/introspection/gstsiambantarget.h"

#include "gst/siambanmeta.h"

G_STATIC_ASSERT (
    (int)GST_SIAMBAN_TARGET_STATUS_TRACKED == (int)SIAMBAN_STATUS_TRACKED);
G_STATIC_ASSERT (
    (int)GST_SIAMBAN_TARGET_STATUS_UNCERTAIN == (int)SIAMBAN_STATUS_UNCERTAIN);
G_STATIC_ASSERT (
    (int)GST_SIAMBAN_TARGET_STATUS_LOST == (int)SIAMBAN_STATUS_LOST);

GType
gst_siamban_target_status_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_SIAMBAN_TARGET_STATUS_TRACKED, "GST_SIAMBAN_TARGET_STATUS_TRACKED",
          "tracked"},
      {GST_SIAMBAN_TARGET_STATUS_UNCERTAIN,
          "GST_SIAMBAN_TARGET_STATUS_UNCERTAIN", "uncertain"},
      {GST_SIAMBAN_TARGET_STATUS_LOST, "GST_SIAMBAN_TARGET_STATUS_LOST",
          "lost"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstSiambanTargetStatus", values));
  return type;
}

static gpointer
copy_target (gpointer data)
{
  GstSiambanTarget *copy = g_memdup2 (data, sizeof *copy);

  copy->label = g_strdup (copy->label);
  return copy;
}

static void
free_target (gpointer data)
{
  GstSiambanTarget *target = data;

  g_free (target->label);
  g_free (target);
}

GType
gst_siamban_target_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_boxed_type_register_static ("GstSiambanTarget",
                                  copy_target, free_target));
  return type;
}

static GstSiambanTarget *
read_target (const GstStructure *s)
{
  GstSiambanTarget *target = g_new0 (GstSiambanTarget, 1);
  SiambanTrack track;

  siamban_meta_parse_track (s, &track);
  target->id = track.id;
  target->label = g_strdup (gst_structure_get_string (s, "label"));
  target->status = (GstSiambanTargetStatus)track.status;
  target->x = track.box.x;
  target->y = track.box.y;
  target->width = track.box.w;
  target->height = track.box.h;
  target->score = track.score;
  target->peak = track.peak;
  target->confidence = track.confidence;
  target->predicted = track.predicted;
  target->search_x = track.search.x;
  target->search_y = track.search.y;
  target->search_width = track.search.w;
  target->search_height = track.search.h;
  target->first_seen = track.first_seen;
  target->last_seen = track.last_seen;
  target->age = track.age;
  target->unseen = track.unseen;
  gst_structure_get_uint64 (s, "late", &target->late);
  return target;
}

GList *
gst_siamban_buffer_get_targets (GstBuffer *buffer)
{
  GList *targets = NULL;

  for (guint i = siamban_meta_n_tracks (buffer); i > 0; i--)
    targets = g_list_prepend (targets,
        read_target (siamban_meta_get_track_structure (buffer, i - 1)));
  return targets;
}
