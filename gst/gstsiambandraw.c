/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambandraw.h"

#include <math.h>
#include <string.h>

#define GLYPH_WIDTH  5
#define GLYPH_HEIGHT 7

/* A row a byte, the leftmost dot in bit 4: 0 to 9, point. */
static const guint8 glyphs[][GLYPH_HEIGHT] = {
    {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e},
    {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
    {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f},
    {0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e},
    {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02},
    {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
    {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e},
    {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
    {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e},
    {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
    {0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c},
};

/* Whole pixels of subsampled chroma: all four are even, but where the frame
 * ends. */
typedef struct
{
  gint x, y, w, h;
} Rect;

typedef enum
{
  DARK,
  BRIGHT
} Colour;

/* As packed from: A, R, G, B or A, Y, U, V. */
static const guint8 rgb[][4] = {{255, 16, 16, 16}, {255, 32, 255, 64}};
static const guint8 yuv[][4] = {{255, 30, 128, 128}, {255, 159, 77, 44}};

static gboolean
clip (const GstVideoFrame *frame, Rect *r)
{
  const gint x1 = MIN (r->x + r->w, GST_VIDEO_FRAME_WIDTH (frame));
  const gint y1 = MIN (r->y + r->h, GST_VIDEO_FRAME_HEIGHT (frame));

  r->x = MAX (r->x, 0);
  r->y = MAX (r->y, 0);
  r->w = x1 - r->x;
  r->h = y1 - r->y;
  return r->w > 0 && r->h > 0;
}

/* The planes from (x, y) on. */
static void
planes_at (const GstVideoFrame *frame, gint x, gint y, gpointer *planes)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;

  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES (frame); p++) {
    gint comp[GST_VIDEO_MAX_COMPONENTS];

    gst_video_format_info_component (finfo, p, comp);
    planes[p] = (guint8 *)frame->data[p] +
                GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, comp[0], y) *
                    GST_VIDEO_FRAME_PLANE_STRIDE (frame, p) +
                GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, comp[0], x) *
                    GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, comp[0]);
  }
}

static void
fill (GstVideoFrame *frame, Rect r, Colour colour)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  const guint8 *pixel =
      GST_VIDEO_INFO_IS_RGB (&frame->info) ? rgb[colour] : yuv[colour];
  gpointer planes[GST_VIDEO_MAX_PLANES];
  guint8 *row;

  if (!clip (frame, &r))
    return;
  row = g_malloc (4 * (gsize)r.w);
  for (gint i = 0; i < r.w; i++)
    memcpy (row + 4 * i, pixel, 4);
  planes_at (frame, r.x, r.y, planes);
  for (gint y = 0; y < r.h; y++)
    finfo->pack_func (finfo, GST_VIDEO_PACK_FLAG_NONE, row, 0, planes,
        frame->info.stride, frame->info.chroma_site, y, r.w);
  g_free (row);
}

static void
outline (GstVideoFrame *frame, const Rect *r, gint thick, Colour colour)
{
  const gint inner = MAX (r->h - 2 * thick, 0);

  fill (frame, (Rect){r->x, r->y, r->w, thick}, colour);
  fill (frame, (Rect){r->x, r->y + r->h - thick, r->w, thick}, colour);
  fill (frame, (Rect){r->x, r->y + thick, thick, inner}, colour);
  fill (frame, (Rect){r->x + r->w - thick, r->y + thick, thick, inner}, colour);
}

static void
glyph (GstVideoFrame *frame, const guint8 *rows, gint x, gint y, gint dot)
{
  for (gint j = 0; j < GLYPH_HEIGHT; j++) {
    gint run = 0;

    for (gint i = 0; i <= GLYPH_WIDTH; i++) {
      if (i < GLYPH_WIDTH && rows[j] >> (GLYPH_WIDTH - 1 - i) & 1) {
        run++;
      } else if (run) {
        fill (frame, (Rect){x + (i - run) * dot, y + j * dot, run * dot, dot},
            BRIGHT);
        run = 0;
      }
    }
  }
}

static void
caption (GstVideoFrame *frame, const Rect *box, const gchar *text, gint dot)
{
  const gint advance = (GLYPH_WIDTH + 1) * dot;
  Rect r = {box->x, box->y - (GLYPH_HEIGHT + 2) * dot,
      (gint)strlen (text) * advance + dot, (GLYPH_HEIGHT + 2) * dot};

  r.x = CLAMP (r.x, 0, MAX (GST_VIDEO_FRAME_WIDTH (frame) - r.w, 0) & ~1);
  if (r.y < 0)
    r.y = MAX (box->y, 0);
  fill (frame, r, DARK);
  for (gint x = r.x + dot; *text; text++, x += advance) {
    if (g_ascii_isdigit (*text))
      glyph (frame, glyphs[*text - '0'], x, r.y + dot, dot);
    else if (*text == '.')
      glyph (frame, glyphs[10], x, r.y + dot, dot);
  }
}

/* Even, and such that sums of two stay within an int. */
static gint
snap (gdouble v)
{
  return 2 * (gint)CLAMP (floor (v / 2 + 0.5), -(1 << 27), 1 << 27);
}

static Rect
grow (const Rect *r, gint by)
{
  return (Rect){r->x - by, r->y - by, r->w + 2 * by, r->h + 2 * by};
}

void
gst_siamban_draw (
    GstVideoFrame *frame, const SiambanBox *box, guint id, gdouble score)
{
  const gint thick = GST_VIDEO_FRAME_HEIGHT (frame) < 720 ? 2 : 4;
  const gint x = snap (box->x), y = snap (box->y);
  const Rect inside = {x, y, MAX (snap (box->x + box->w) - x, 2),
      MAX (snap (box->y + box->h) - y, 2)};
  const Rect line = grow (&inside, thick);
  const Rect edge = grow (&line, 2);
  gchar text[32];

  g_snprintf (text, sizeof text, "%u %.2f", id, score);
  outline (frame, &edge, 2, DARK);
  outline (frame, &line, thick, BRIGHT);
  caption (frame, &edge, text, thick);
}
