/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_EXIF_H
#define SOURCE_EXIF_H

#include <gst/gst.h>

/* How the picture has to be turned: a value of GST_TAG_IMAGE_ORIENTATION, by
 * the Exif data of a JPEG, PNG or WebP file. NULL if it does not say; free with
 * g_free(). */
char *exif_orientation (GstBuffer *picture);

#endif
