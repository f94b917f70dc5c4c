/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "board.h"

#include <string.h>

#define PATIENCE_S 5

void
serve_board_clear (ServeBoard *self)
{
  g_clear_pointer (&self->frame, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->ids, g_array_unref);
}

void
serve_board_set_frame (ServeBoard *self, const ServeFrame *frame)
{
  g_free (self->frame);
  self->frame =
      g_memdup2 (frame, sizeof *frame + frame->n * sizeof frame->tracks[0]);
  self->frame_at = g_get_monotonic_time ();
  self->frame_wall = g_get_real_time ();
}

void
serve_board_set_camera (
    ServeBoard *self, ServeCameraState state, const char *reason)
{
  self->camera = state;
  g_free (self->reason);
  self->reason = reason ? g_utf8_make_valid (reason, -1) : NULL;
}

static void
board_forget (ServeBoard *self, guint64 id)
{
  for (guint i = 0; self->ids && i < self->ids->len; i++) {
    if (g_array_index (self->ids, guint64, i) == id) {
      g_array_remove_index_fast (self->ids, i);
      return;
    }
  }
}

static void
remember (ServeBoard *self, guint64 id)
{
  if (!self->ids)
    self->ids = g_array_new (FALSE, FALSE, sizeof id);
  g_array_append_val (self->ids, id);
}

void
serve_board_take_event (ServeBoard *self, const GstStructure *event)
{
  static const char *const names[SERVE_COUNTS] = {
      "added", "lost", "found", "ended", "refused"};
  const char *name = gst_structure_get_string (event, "event");
  guint64 id = 0;

  for (int i = 0; i < SERVE_COUNTS; i++) {
    if (g_strcmp0 (name, names[i]) == 0)
      self->counts[i]++;
  }
  gst_structure_get_uint64 (event, "id", &id);
  if (g_strcmp0 (name, "added") == 0)
    remember (self, id);
  else if (g_strcmp0 (name, "ended") == 0)
    board_forget (self, id);
}

const SiambanTrack *
serve_board_find (const ServeBoard *self, guint64 id)
{
  for (guint i = 0; self->frame && i < self->frame->n; i++) {
    if (self->frame->tracks[i].id == id)
      return &self->frame->tracks[i];
  }
  return NULL;
}

static gboolean
is_blind (const ServeBoard *self)
{
  return self->camera == SERVE_CAMERA_LOST ||
         self->camera == SERVE_CAMERA_ENDED;
}

SiambanStatus
serve_board_status (const ServeBoard *self, const SiambanTrack *track)
{
  return is_blind (self) ? SIAMBAN_STATUS_LOST : track->status;
}

double
serve_board_confidence (const ServeBoard *self, const SiambanTrack *track)
{
  return is_blind (self) ? 0 : track->confidence;
}

double
serve_board_silence (const ServeBoard *self)
{
  const gint64 since = self->frame ? self->frame_at : self->began;

  return (double)(g_get_monotonic_time () - since) / G_USEC_PER_SEC;
}

gboolean
serve_board_is_healthy (const ServeBoard *self)
{
  return self->frame && !is_blind (self) &&
         serve_board_silence (self) < PATIENCE_S;
}
