/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_APP_MEDIA_H
#define TESTS_APP_MEDIA_H

#include <glib.h>

/* Runs a pipeline, which writes what a test needs, to its end. */
void media_make (const char *description);
/* Ends after @n buffers into the element "first". */
void media_make_first (guint n, const char *description);
/* The same as media_make(), of a description with parts to fill in, and at
 * once. */
void media_makef (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Joins the files of a NULL-ended list to @out. */
void media_join (const char *out, ...) G_GNUC_NULL_TERMINATED;

/* All frames of a file, in RGB, as GStreamer shows them; widths that are
 * multiples of 4 have no padding. Leaves a file beside @path. */
guint8 *media_read (const char *path, gsize *size);

#endif
