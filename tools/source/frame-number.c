/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frame-number.h"

#define META_NAME "SiambanFrameNumber"

static void
register_meta (void)
{
  static gsize once;
  static const char *no_tags[] = {NULL};

  if (g_once_init_enter (&once)) {
    gst_meta_register_custom (META_NAME, no_tags, NULL, NULL, NULL);
    g_once_init_leave (&once, 1);
  }
}

void
frame_number_set (GstBuffer *buffer, guint64 number, const char *file)
{
  GstCustomMeta *meta;

  register_meta ();
  meta = gst_buffer_add_custom_meta (buffer, META_NAME);
  gst_structure_set (gst_custom_meta_get_structure (meta), "number",
      G_TYPE_UINT64, number, "file", G_TYPE_STRING, file, NULL);
}

gboolean
frame_number_get (GstBuffer *buffer, guint64 *number, const char **file)
{
  const GstStructure *structure;
  GstCustomMeta *meta;

  register_meta ();
  meta = gst_buffer_get_custom_meta (buffer, META_NAME);
  if (!meta)
    return FALSE;
  structure = gst_custom_meta_get_structure (meta);
  if (file)
    *file = gst_structure_get_string (structure, "file");
  return gst_structure_get_uint64 (structure, "number", number);
}
