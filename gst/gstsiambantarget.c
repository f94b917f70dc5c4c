/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambantarget.h"

static void
take_result (GstSiambanTarget *self, const SiambanResult *result)
{
  SiambanTrack *track = &self->result.track;

  track->box = result->box;
  track->score = track->confidence = result->score;
  track->peak = result->peak;
}

static gboolean
learn (GstSiambanTarget *self, SiambanModel *model, const SiambanFrame *view,
    const SiambanBox *box, guint threads, GError **error)
{
  SiambanTarget *target = siamban_target_new (model, view, box, threads, error);

  if (!target)
    return FALSE;
  g_clear_pointer (&self->target, siamban_target_free);
  self->target = target;
  self->resized = FALSE;
  take_result (self, &(SiambanResult){*box, 1.0, 1.0});
  return TRUE;
}

gboolean
gst_siamban_target_seed (GstSiambanTarget *self, SiambanModel *model,
    const SiambanFrame *view, const SiambanBox *box, gint parent_id,
    guint threads, GError **error)
{
  if (!learn (self, model, view, box, threads, error))
    return FALSE;
  self->result.track.id++;
  self->result.parent_id = parent_id;
  self->result.track.first_seen = self->result.track.last_seen;
  return TRUE;
}

void
gst_siamban_target_scale (GstSiambanTarget *self, gdouble sx, gdouble sy)
{
  SiambanBox *box = &self->result.track.box;

  if (!self->target)
    return;
  box->x *= sx;
  box->y *= sy;
  box->w *= sx;
  box->h *= sy;
  self->resized = TRUE;
}

gboolean
gst_siamban_target_relearn (GstSiambanTarget *self, SiambanModel *model,
    const SiambanFrame *view, guint threads, GError **error)
{
  const SiambanBox box = self->result.track.box;

  return learn (self, model, view, &box, threads, error);
}

gboolean
gst_siamban_target_update (GstSiambanTarget *self, const SiambanFrame *view,
    guint threads, GError **error)
{
  SiambanResult result;

  if (!siamban_targets_update (&self->target, 1, view, &result, threads, error))
    return FALSE;
  take_result (self, &result);
  return TRUE;
}

gboolean
gst_siamban_target_forget (GstSiambanTarget *self)
{
  if (!self->target)
    return FALSE;
  g_clear_pointer (&self->target, siamban_target_free);
  self->resized = FALSE;
  return TRUE;
}
