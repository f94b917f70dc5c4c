/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cache.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <siamban/error.h>

#include "base/locks.h"

typedef struct
{
  gpointer model; /* NULL while it is being loaded */
  int *refs;
} Entry;

static GMutex *const lock = &siamban_locks[SIAMBAN_LOCK_MODELS];
static GCond loaded;
static GHashTable *entries;

char *
siamban_cache_identity (const char *path, GError **error)
{
  GStatBuf st;

  if (g_stat (path, &st) < 0) {
    int code = errno;

    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
        g_strerror (code));
    return NULL;
  }
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT
                          ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ".%09ld",
      (guint64)st.st_dev, (guint64)st.st_ino, (gint64)st.st_size,
      (gint64)st.st_mtim.tv_sec, (long)st.st_mtim.tv_nsec);
}

static gboolean
is_loading (gpointer key, gpointer entry, gpointer data)
{
  (void)key;
  (void)data;
  return !((Entry *)entry)->model;
}

/* The threads that load them are not there in a forked child. */
static void
forget_loading (void)
{
  if (entries)
    g_hash_table_foreach_remove (entries, is_loading, NULL);
}

__attribute__ ((constructor)) static void
watch_forks (void)
{
  pthread_atfork (NULL, NULL, forget_loading);
}

static void
cache_forget (const char *key)
{
  g_hash_table_remove (entries, key);
  if (g_hash_table_size (entries) == 0)
    g_clear_pointer (&entries, g_hash_table_unref);
}

static Entry *
wait_for (const char *key)
{
  for (;;) {
    Entry *entry = entries ? g_hash_table_lookup (entries, key) : NULL;

    if (!entry || entry->model)
      return entry;
    g_cond_wait (&loaded, lock);
  }
}

gpointer
siamban_cache_find (const char *key)
{
  gpointer model = NULL;

  g_mutex_lock (lock);
  Entry *entry = wait_for (key);
  if (entry) {
    g_atomic_int_inc (entry->refs);
    model = entry->model;
  } else {
    if (!entries)
      entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert (entries, g_strdup (key), g_new0 (Entry, 1));
  }
  g_mutex_unlock (lock);
  return model;
}

void
siamban_cache_store (const char *key, gpointer model, int *refs)
{
  g_mutex_lock (lock);
  if (model) {
    Entry *entry = g_hash_table_lookup (entries, key);

    entry->model = model;
    entry->refs = refs;
  } else {
    cache_forget (key);
  }
  g_cond_broadcast (&loaded);
  g_mutex_unlock (lock);
}

/* Under the lock, for siamban_cache_find() must not revive what is about to be
 * freed. */
gboolean
siamban_cache_release (const char *key, int *refs)
{
  g_mutex_lock (lock);
  gboolean last = g_atomic_int_dec_and_test (refs);
  if (last)
    cache_forget (key);
  g_mutex_unlock (lock);
  return last;
}
