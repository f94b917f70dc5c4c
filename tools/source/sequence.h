/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SOURCE_SEQUENCE_H
#define SOURCE_SEQUENCE_H

#include <glib.h>

/* The pictures that a pattern like dir/%04d.jpg names. */
typedef struct _Sequence Sequence;

/* Whether the last part of @path holds %d or %04d, with any width. Other
 * per-cent signs stand for themselves. */
gboolean sequence_is_pattern (const char *path);

/* Lists the folder. @first: number of the first picture, or -1 for 0 or 1,
 * whichever is there. NULL with @error if it is not. */
Sequence *sequence_open (const char *pattern, gint64 first, GError **error);
void sequence_free (Sequence *sequence);

/* The next picture: its file (free with g_free()), or NULL after the last one.
 * @index: how far its number is from the first one's. */
char *sequence_next (Sequence *sequence, guint64 *index);
/* The file of picture @index, there or not. */
char *sequence_name (const Sequence *sequence, guint64 index);

#endif
