/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_PICTURE_H
#define SOURCE_PICTURE_H

#include <gst/gst.h>

/* Decodes pictures that stand alone with whatever decoder of GStreamer's can:
 * where the one of the highest rank refuses a picture, the next is tried. */
typedef struct _PictureDecoder PictureDecoder;

PictureDecoder *picture_decoder_new (void);
void picture_decoder_free (PictureDecoder *decoder);

/* @coded: one picture, of type @caps. Returns raw video with its caps, or NULL
 * with the reason of the first decoder tried in @error. */
GstSample *picture_decoder_decode (
    PictureDecoder *decoder, GstBuffer *coded, GstCaps *caps, GError **error);

#endif
