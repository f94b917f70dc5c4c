/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_OVERLAY_H
#define GST_SIAMBAN_OVERLAY_H

#include <gst/gst.h>

typedef enum
{
  GST_SIAMBAN_DRAW_BOX = 1 << 0,
  GST_SIAMBAN_DRAW_LABEL = 1 << 1,
  GST_SIAMBAN_DRAW_ID = 1 << 2,
  GST_SIAMBAN_DRAW_CONFIDENCE = 1 << 3,
  GST_SIAMBAN_DRAW_TRAIL = 1 << 4,
  GST_SIAMBAN_DRAW_SEARCH = 1 << 5
} GstSiambanDrawItems;

#define GST_TYPE_SIAMBAN_DRAW_ITEMS (gst_siamban_draw_items_get_type ())
GType gst_siamban_draw_items_get_type (void);

typedef enum
{
  GST_SIAMBAN_BLUR_NONE,
  GST_SIAMBAN_BLUR_TARGETS,
  GST_SIAMBAN_BLUR_BACKGROUND
} GstSiambanBlur;

#define GST_TYPE_SIAMBAN_BLUR (gst_siamban_blur_get_type ())
GType gst_siamban_blur_get_type (void);

#define GST_SIAMBAN_N_COLORS 3

/* What is drawn, as the properties say. All zero until initialised. */
typedef struct
{
  gboolean draw;
  GstSiambanDrawItems items;
  guint line_width;                   /* 0: by the frame's height */
  const gchar *font;                  /* interned */
  guint colors[GST_SIAMBAN_N_COLORS]; /* 0xAARRGGBB by SiambanStatus */
  guint trail_length;                 /* frames */
  GstSiambanBlur blur;
} GstSiambanOverlay;

void gst_siamban_overlay_init (GstSiambanOverlay *overlay);

/* Properties with ids from @first on; returns the first id that is free. */
guint gst_siamban_overlay_install_properties (GObjectClass *klass, guint first);

/* @index: of the property, from 0. Return FALSE if there is none. */
gboolean gst_siamban_overlay_set_property (
    GstSiambanOverlay *overlay, guint index, const GValue *value);
gboolean gst_siamban_overlay_get_property (
    const GstSiambanOverlay *overlay, guint index, GValue *value);

#endif
