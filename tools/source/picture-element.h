/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_PICTURE_ELEMENT_H
#define SOURCE_PICTURE_ELEMENT_H

#include <gst/video/gstvideodecoder.h>

/* The name of an element that decodes sequences of pictures: JPEG, PNG, WebP,
 * TIFF and BMP, each in a buffer of its own, or JPEGs in a row in a stream of
 * bytes, multipart or not. A picture that no decoder of GStreamer's can read is
 * left out, with a warning message whose details hold "lost" (uint64), the
 * number of pictures, and "file" (string) if the text names it. The others say
 * which they are: see frame-number.h. How they have to be turned is in tags
 * before them. */
#define PICTURE_ELEMENT_NAME "siambanpictures"

G_DECLARE_FINAL_TYPE (
    PictureElement, picture_element, PICTURE, ELEMENT, GstVideoDecoder)

/* In this process, decodebin takes it for the pictures that it can read. */
void picture_element_register (void);

#endif
