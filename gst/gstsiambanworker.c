/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanworker.h"

#include "gstsiambanframe.h"

struct _GstSiambanWorker
{
  GstSiambanTracker *tracker;
  GThread *thread;
  GMutex lock;
  GCond changed;
  gboolean busy, quit;

  /* The thread's while it is busy. */
  GstSiambanPicture picture;
  GstSiambanMoment moment;
  GArray *regions;
  GstSiambanSettings settings;
};

static void
worker_follow (GstSiambanWorker *self)
{
  SiambanFrame view;

  if (gst_siamban_picture_view (&self->picture, &view))
    gst_siamban_tracker_follow (
        self->tracker, &view, &self->moment, self->regions, &self->settings);
  g_clear_pointer (&self->regions, g_array_unref);
  gst_siamban_settings_clear (&self->settings);
}

static gpointer
worker_work (gpointer data)
{
  GstSiambanWorker *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit) {
    if (!self->busy) {
      g_cond_wait (&self->changed, &self->lock);
      continue;
    }
    g_mutex_unlock (&self->lock);
    worker_follow (self);
    g_mutex_lock (&self->lock);
    self->busy = FALSE;
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

GstSiambanWorker *
gst_siamban_worker_new (GstSiambanTracker *tracker)
{
  GstSiambanWorker *self = g_new0 (GstSiambanWorker, 1);

  self->tracker = tracker;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("siambantrack", worker_work, self);
  return self;
}

void
gst_siamban_worker_wait (GstSiambanWorker *self)
{
  g_mutex_lock (&self->lock);
  while (self->busy)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
gst_siamban_worker_free (GstSiambanWorker *self)
{
  gst_siamban_worker_wait (self);
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  gst_siamban_picture_clear (&self->picture);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_busy (GstSiambanWorker *self)
{
  gboolean busy;

  g_mutex_lock (&self->lock);
  busy = self->busy;
  g_mutex_unlock (&self->lock);
  return busy;
}

gboolean
gst_siamban_worker_offer (GstSiambanWorker *self, const GstVideoFrame *frame,
    const GstSiambanMoment *moment, GArray *regions,
    const GstSiambanSettings *settings)
{
  if (is_busy (self) || !gst_siamban_picture_take (&self->picture, frame))
    return FALSE;
  self->moment = *moment;
  self->regions = regions ? g_array_ref (regions) : NULL;
  gst_siamban_settings_copy (settings, &self->settings);
  g_mutex_lock (&self->lock);
  self->busy = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return TRUE;
}
