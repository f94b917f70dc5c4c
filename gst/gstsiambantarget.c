/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambantarget.h"

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
  self->track.result = (SiambanResult){*box, 1.0, 1.0};
  return TRUE;
}

gboolean
gst_siamban_target_seed (GstSiambanTarget *self, SiambanModel *model,
    const SiambanFrame *view, const SiambanBox *box, gint parent_id,
    guint threads, GError **error)
{
  if (!learn (self, model, view, box, threads, error))
    return FALSE;
  self->track.id++;
  self->track.parent_id = parent_id;
  self->track.first_seen = self->track.last_seen;
  return TRUE;
}

void
gst_siamban_target_scale (GstSiambanTarget *self, gdouble sx, gdouble sy)
{
  SiambanBox *box = &self->track.result.box;

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
  const SiambanBox box = self->track.result.box;

  return learn (self, model, view, &box, threads, error);
}

gboolean
gst_siamban_target_update (GstSiambanTarget *self, const SiambanFrame *view,
    guint threads, GError **error)
{
  return siamban_targets_update (
      &self->target, 1, view, &self->track.result, threads, error);
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
