/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_SCALE_H
#define SIAMBAN_SCALE_H

#include <siamban/box.h>

static inline void
siamban_box_scale (SiambanBox *box, double sx, double sy)
{
  box->x *= sx;
  box->y *= sy;
  box->w *= sx;
  box->h *= sy;
}

#endif
