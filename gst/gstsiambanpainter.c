/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanpainter.h"

#include <math.h>

#include "gstsiambanframe.h"
#include "gstsiambanmosaic.h"
#include "gstsiambanoutline.h"
#include "gstsiambansticker.h"

#define TARGET_FIELDS     8
#define BACKGROUND_FIELDS 40
#define SEARCH_DASH       4
#define BAND_ARGB         0xffffffffu

/* What the functions below share. */
typedef struct
{
  GstSiambanPainter *painter;
  const GstSiambanOverlay *overlay;
  gint width, height; /* of the frame */
  gint line_width;
  GPtrArray *rectangles;
} Painting;

void
gst_siamban_painter_clear (GstSiambanPainter *painter)
{
#ifdef HAVE_PANGO
  g_clear_pointer (&painter->marks, gst_siamban_marks_free);
#endif
  painter->width = painter->height = 0;
}

static gint
line_width (const GstSiambanOverlay *overlay, gint height)
{
  const gint automatic = height < 720 ? 2 : 4;

  return overlay->line_width ? ((gint)overlay->line_width + 1) & ~1 : automatic;
}

/* The colour at half its opacity. */
static guint
painter_faint (guint argb)
{
  return (argb & 0xffffff) | (argb >> 25 << 24);
}

static void
place_outline (
    const Painting *p, const SiambanBox *box, gint width, guint argb, gint dash)
{
  const GstSiambanStroke stroke = {width, argb, dash};

  gst_siamban_outline_place (p->rectangles, box, p->width, p->height, &stroke);
}

static void
place_result (const Painting *p, const GstSiambanResult *result)
{
  const SiambanTrack *track = &result->track;
  const guint argb = p->overlay->colors[track->status];
  const gboolean lost = track->status == SIAMBAN_STATUS_LOST;

  if (p->overlay->items & GST_SIAMBAN_DRAW_SEARCH && track->search.w > 0)
    place_outline (p, &track->search, 2, painter_faint (argb), SEARCH_DASH);
  if (p->overlay->items & GST_SIAMBAN_DRAW_BOX)
    place_outline (
        p, &track->box, p->line_width, argb, lost ? 4 * p->line_width : 0);
#ifdef HAVE_PANGO
  gst_siamban_marks_place (p->painter->marks, p->rectangles, p->overlay, result,
      p->width, p->height, p->line_width);
#endif
}

static void
place_results (const Painting *p, const GstSiambanResult *results, guint n)
{
#ifdef HAVE_PANGO
  GstSiambanPainter *painter = p->painter;

  if (painter->width != p->width || painter->height != p->height)
    gst_siamban_painter_clear (painter);
  if (!painter->marks)
    painter->marks = gst_siamban_marks_new ();
  painter->width = p->width;
  painter->height = p->height;
#endif
  for (guint i = 0; i < n; i++)
    place_result (p, &results[i]);
#ifdef HAVE_PANGO
  gst_siamban_marks_end_frame (painter->marks);
#endif
}

/* Elements in a row draw into one composition. */
static void
painter_attach (GstBuffer *buffer, GPtrArray *rectangles)
{
  GstVideoOverlayCompositionMeta *meta =
      gst_buffer_get_video_overlay_composition_meta (buffer);
  GstVideoOverlayComposition *composition =
      meta ? gst_video_overlay_composition_copy (meta->overlay)
           : gst_video_overlay_composition_new (NULL);

  for (guint i = 0; i < rectangles->len; i++)
    gst_video_overlay_composition_add_rectangle (
        composition, g_ptr_array_index (rectangles, i));
  if (meta)
    gst_buffer_remove_video_overlay_composition_meta (buffer, meta);
  gst_buffer_add_video_overlay_composition_meta (buffer, composition);
  gst_video_overlay_composition_unref (composition);
}

static SiambanBox
painter_grown (const SiambanBox *box, gdouble by)
{
  return (SiambanBox){box->x - by * box->w, box->y - by * box->h,
      (1 + 2 * by) * box->w, (1 + 2 * by) * box->h};
}

/* Where pixels are changed: in whole chroma samples, while boxes count from
 * (x, y). */
typedef struct
{
  GstVideoFrame frame;
  guint x, y;
} Ground;

static GstVideoRectangle
ground_snap (const Ground *ground, const SiambanBox *box)
{
  GstVideoRectangle r = gst_siamban_outline_snap (box);

  r.x += (gint)ground->x;
  r.y += (gint)ground->y;
  return r;
}

/* Rather too much than a face: a fifth more, and where it is not seen for sure,
 * also all that was searched for it. */
static void
blur_target (Ground *ground, const SiambanTrack *track)
{
  const SiambanBox box = painter_grown (&track->box, 0.1);
  const GstVideoRectangle r = ground_snap (ground, &box);
  const GstVideoRectangle searched = ground_snap (ground, &track->search);

  gst_siamban_mosaic (&ground->frame, &r, TARGET_FIELDS, NULL, 0);
  if (track->status != SIAMBAN_STATUS_TRACKED && track->search.w > 0)
    gst_siamban_mosaic (&ground->frame, &searched, TARGET_FIELDS, NULL, 0);
}

static void
blur_background (Ground *ground, const GstSiambanResult *results, guint n)
{
  GstVideoFrame *frame = &ground->frame;
  const GstVideoRectangle all = {
      0, 0, GST_VIDEO_FRAME_WIDTH (frame), GST_VIDEO_FRAME_HEIGHT (frame)};
  g_autofree GstVideoRectangle *holes = g_new (GstVideoRectangle, n + 1);
  guint n_holes = 0;

  for (guint i = 0; i < n; i++) {
    if (results[i].track.status == SIAMBAN_STATUS_TRACKED)
      holes[n_holes++] = ground_snap (ground, &results[i].track.box);
  }
  gst_siamban_mosaic (frame, &all, BACKGROUND_FIELDS, holes, n_holes);
}

static void
painter_blur (Ground *ground, GstSiambanBlur kind,
    const GstSiambanResult *results, guint n)
{
  if (kind == GST_SIAMBAN_BLUR_BACKGROUND)
    blur_background (ground, results, n);
  for (guint i = 0; kind == GST_SIAMBAN_BLUR_TARGETS && i < n; i++)
    blur_target (ground, &results[i].track);
}

static gboolean
paint_pixels (const Painting *p, const GstSiambanCanvas *canvas,
    const GstSiambanResult *results, guint n)
{
  Ground ground;

  if (!gst_video_frame_map (&ground.frame, canvas->info, canvas->buffer,
          GST_MAP_READWRITE | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return FALSE;
  gst_siamban_frame_crop (&ground.frame, canvas->buffer);
  gst_siamban_frame_widen (&ground.frame, &ground.x, &ground.y);
  painter_blur (&ground, p->overlay->blur, results, n);
  /* A pixel beside, if need be: on whole chroma samples, without a fringe. */
  for (guint i = 0; !p->painter->attach && i < p->rectangles->len; i++)
    gst_siamban_sticker_blend (
        &ground.frame, g_ptr_array_index (p->rectangles, i));
  gst_video_frame_unmap (&ground.frame);
  return TRUE;
}

static gboolean
changes_pixels (const Painting *p, guint n)
{
  const GstSiambanBlur kind = p->overlay->blur;

  return kind == GST_SIAMBAN_BLUR_BACKGROUND ||
         (kind == GST_SIAMBAN_BLUR_TARGETS && n > 0) ||
         (p->rectangles->len > 0 && !p->painter->attach);
}

gboolean
gst_siamban_painter_paint (GstSiambanPainter *painter,
    const GstSiambanOverlay *overlay, const GstSiambanCanvas *canvas,
    const GstSiambanResult *results, guint n, const SiambanBox *band)
{
  g_autoptr (GPtrArray) rectangles = g_ptr_array_new_with_free_func (
      (GDestroyNotify)gst_video_overlay_rectangle_unref);
  const Painting p = {painter, overlay, canvas->width, canvas->height,
      line_width (overlay, canvas->height), rectangles};

  if (overlay->draw)
    place_results (&p, results, n);
  if (band)
    place_outline (&p, band, p.line_width, BAND_ARGB, 2 * p.line_width);
  if (changes_pixels (&p, n) && !paint_pixels (&p, canvas, results, n))
    return FALSE;
  if (painter->attach && rectangles->len > 0)
    painter_attach (canvas->buffer, rectangles);
  return TRUE;
}
