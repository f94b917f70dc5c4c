/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_CACHE_H
#define SIAMBAN_MODEL_CACHE_H

#include <glib.h>

/* The process's loaded models by what tells their files from others. An entry
 * lives as long as the model has references; the cache itself holds none. */

/* What the file at @path is now: another one has another text. NULL with
 * SIAMBAN_ERROR_IO if it cannot be looked at. */
char *siamban_cache_identity (const char *path, GError **error);

/* The entry of @key with one reference more, or NULL: the caller must then load
 * it, and others who ask for @key wait until it calls siamban_cache_store(). */
gpointer siamban_cache_find (const char *key);
/* @model: with one reference, or NULL if it could not be loaded. @refs: where
 * its references are counted. */
void siamban_cache_store (const char *key, gpointer model, int *refs);
/* Takes one reference away. TRUE if it was the last: the entry is gone and the
 * caller frees the model. */
gboolean siamban_cache_release (const char *key, int *refs);

#endif
