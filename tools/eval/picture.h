/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_PICTURE_H
#define EVAL_PICTURE_H

#include <siamban/siamban.h>

/**
 * EvalPicture:
 * @frame: of its pixels, BGRx, grey ones too.
 * @room: bytes that @pixels has room for.
 *
 * A decoded picture; memory is kept from one to the next. Start from all zero.
 */
typedef struct
{
  SiambanFrame frame;
  guint8 *pixels;
  gsize room;
} EvalPicture;

/**
 * eval_picture_read:
 * @path: a JPEG or PNG file. It is not turned as its EXIF data may ask for, and
 *     an alpha channel is ignored.
 *
 * Decodes as OpenCV does by default, to the bit for JPEG.
 *
 * Returns: %FALSE with %SIAMBAN_ERROR_IO.
 */
gboolean eval_picture_read (
    EvalPicture *picture, const char *path, GError **error);

/* Makes it @width x @height, each at least 1, its pixels undefined. FALSE if
 * that is too large. */
gboolean eval_picture_set_size (EvalPicture *picture, int width, int height);

void eval_picture_clear (EvalPicture *picture);

#endif
