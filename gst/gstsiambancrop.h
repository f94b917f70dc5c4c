/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_CROP_H
#define GST_SIAMBAN_CROP_H

#include <gst/video/gstvideofilter.h>

#define GST_TYPE_SIAMBAN_CROP (gst_siamban_crop_get_type ())
G_DECLARE_FINAL_TYPE (
    GstSiambanCrop, gst_siamban_crop, GST, SIAMBAN_CROP, GstVideoFilter)

GST_ELEMENT_REGISTER_DECLARE (siambancrop)

#endif
