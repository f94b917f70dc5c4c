/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_FRAME_NUMBER_H
#define SOURCE_FRAME_NUMBER_H

#include <gst/gst.h>

/* Says of @buffer which frame of its input it is, from 0, and which file it
 * comes from (NULL: not one of its own). Elements pass that on. */
void frame_number_set (GstBuffer *buffer, guint64 number, const char *file);

/* FALSE if @buffer does not say it. @file: borrowed from @buffer; NULL if it is
 * not wanted. */
gboolean frame_number_get (
    GstBuffer *buffer, guint64 *number, const char **file);

#endif
