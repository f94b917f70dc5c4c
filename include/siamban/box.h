/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_BOX_H
#define SIAMBAN_BOX_H

/**
 * SiambanBox:
 *
 * A box in frame pixels: (@x, @y) is its top-left corner, counted from 0.
 * The pixel at its centre is (@x + (@w - 1) / 2, @y + (@h - 1) / 2).
 */
typedef struct
{
  double x, y, w, h;
} SiambanBox;

#endif
