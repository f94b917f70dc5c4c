/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PICTURE_H
#define PICTURE_H

#include <siamban/frame.h>

#define N_FORMATS (SIAMBAN_FORMAT_P010 + 1)

/* A frame that owns its planes. No byte is allocated past the last pixel. */
typedef struct
{
  SiambanFrame frame;
  guint8 *memory[3];
} Picture;

/* Random bytes; rows are @pad bytes further apart than they need be, in falling
 * order if @flip. BT.601 limited range. */
void picture_init (Picture *picture, SiambanFormat format, int width,
    int height, int pad, gboolean flip);
void picture_clear (Picture *picture);

/* B, G, R of one pixel, the long way. */
void picture_pixel (const SiambanFrame *frame, int x, int y, guint8 bgr[3]);

/* The whole of @frame as BGR. */
void picture_init_bgr (Picture *picture, const SiambanFrame *frame);

#endif
