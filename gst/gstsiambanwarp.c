/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanwarp.h"

void
gst_siamban_warp_init_crop (
    GstSiambanWarp *warp, const SiambanBox *part, gint width, gint height)
{
  const gdouble sx = width / part->w, sy = height / part->h;

  *warp = (GstSiambanWarp){.xx = sx,
      .x0 = -part->x * sx,
      .yy = sy,
      .y0 = -part->y * sy,
      .width = width,
      .height = height};
}

#if GST_CHECK_VERSION(1, 28, 0)
static gboolean
init_matrix (GstSiambanWarp *warp, const GstVideoMetaTransformMatrix *trans)
{
  const gfloat (*m)[3] = trans->matrix;
  const gdouble x = trans->in_rectangle.x, y = trans->in_rectangle.y;

  if (m[2][0] != 0 || m[2][1] != 0 || m[2][2] != 1)
    return FALSE;
  *warp = (GstSiambanWarp){.xx = m[0][0],
      .xy = m[0][1],
      .x0 = m[0][2] - m[0][0] * x - m[0][1] * y + trans->out_rectangle.x,
      .yx = m[1][0],
      .yy = m[1][1],
      .y0 = m[1][2] - m[1][0] * x - m[1][1] * y + trans->out_rectangle.y,
      .width = GST_VIDEO_INFO_WIDTH (trans->out_info),
      .height = GST_VIDEO_INFO_HEIGHT (trans->out_info)};
  return TRUE;
}
#endif

gboolean
gst_siamban_warp_init_transform (
    GstSiambanWarp *warp, GQuark type, gpointer data)
{
  if (GST_VIDEO_META_TRANSFORM_IS_SCALE (type)) {
    const GstVideoMetaTransform *trans = data;
    const SiambanBox whole = {0, 0, GST_VIDEO_INFO_WIDTH (trans->in_info),
        GST_VIDEO_INFO_HEIGHT (trans->in_info)};

    gst_siamban_warp_init_crop (warp, &whole,
        GST_VIDEO_INFO_WIDTH (trans->out_info),
        GST_VIDEO_INFO_HEIGHT (trans->out_info));
    return TRUE;
  }
#if GST_CHECK_VERSION(1, 28, 0)
  if (GST_VIDEO_META_TRANSFORM_IS_MATRIX (type))
    return init_matrix (warp, data);
#endif
  return FALSE;
}

/* Of the four corners' values a, a + b, a + c and a + b + c. */
static void
warp_span (gdouble a, gdouble b, gdouble c, gdouble *start, gdouble *size)
{
  *start = a + MIN (b, 0) + MIN (c, 0);
  *size = ABS (b) + ABS (c);
}

void
gst_siamban_warp_box (const GstSiambanWarp *warp, SiambanBox *box)
{
  const SiambanBox old = *box;

  warp_span (warp->xx * old.x + warp->xy * old.y + warp->x0, warp->xx * old.w,
      warp->xy * old.h, &box->x, &box->w);
  warp_span (warp->yx * old.x + warp->yy * old.y + warp->y0, warp->yx * old.w,
      warp->yy * old.h, &box->y, &box->h);
}
