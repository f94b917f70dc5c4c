/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_LOG_H
#define GST_SIAMBAN_LOG_H

#include <gst/gst.h>

/* "siambantrack", set up with the element's class. */
GST_DEBUG_CATEGORY_EXTERN (gst_siamban_track_debug);
#define GST_CAT_DEFAULT gst_siamban_track_debug

#endif
