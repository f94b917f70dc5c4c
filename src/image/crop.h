/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CROP_H
#define SIAMBAN_CROP_H

#include <siamban/frame.h>

/* Why @frame cannot be read (static string), or NULL if it can. */
const char *siamban_frame_problem (const SiambanFrame *frame);

/* Mean of every channel over the whole frame, B, G, R. */
void siamban_frame_mean (const SiambanFrame *frame, double mean[3]);

/* The n x n pixels around (cx, cy), as B, G, R bytes, resized to size x size:
 * bilinear in fixed point, as the published tracker's. Reads from the frame
 * only the pixels it needs. Outside the frame is @mean with its fraction cut
 * off. @n may be any size >= 1; memory needed does not grow with it. @out: 3 *
 * size * size bytes. */
void siamban_crop (const SiambanFrame *frame, double cx, double cy, double n,
    int size, const double mean[3], guint8 *out);

#endif
