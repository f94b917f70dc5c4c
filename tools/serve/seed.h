/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_SEED_H
#define SERVE_SEED_H

#include <gst/gst.h>

/* Reads what a program or a page asks to be followed, a JSON object of
 *
 *   box: [x, y, w, h] or point: [x, y], in pixels;
 *   norm instead of box, or relative: true: in 0..1 of the frame;
 *   pts: of the frame that it is on, without: of the next one.
 *
 * Returns the element's event siambantrack-seed, or NULL with @error. */
GstStructure *serve_seed_parse (const char *text, gsize size, GError **error);

#endif
