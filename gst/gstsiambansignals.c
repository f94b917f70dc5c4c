/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanbox.h"
#include "gstsiambantrackprivate.h"

static gboolean
signals_seed (GstSiambanTrack *self, gdouble x, gdouble y, gdouble w, gdouble h)
{
  const SiambanBox box = {x, y, w, h};
  gboolean accepted;

  GST_OBJECT_LOCK (self);
  accepted = self->tracker.session && gst_siamban_box_is_sane (&box);
  if (accepted)
    gst_siamban_given_set (
        &self->tracker.given, GST_SIAMBAN_GIVEN_ONE, &box, 1);
  GST_OBJECT_UNLOCK (self);
  return accepted;
}

static guint64
add_target (GstSiambanTrack *self, gdouble x, gdouble y, gdouble w, gdouble h)
{
  const SiambanBox box = {x, y, w, h};

  return gst_siamban_box_is_sane (&box)
             ? gst_siamban_tracker_add (&self->tracker, &box)
             : 0;
}

static gboolean
remove_target (GstSiambanTrack *self, guint64 id)
{
  return gst_siamban_tracker_remove (&self->tracker, id);
}

static void
signals_reset (GstSiambanTrack *self)
{
  gst_siamban_tracker_reset (&self->tracker);
}

void
gst_siamban_track_install_signals (GObjectClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);
  const GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  /**
   * siambantrack::seed:
   * @x: left edge, in pixels
   * @y: top edge, in pixels
   * @w: width, in pixels
   * @h: height, in pixels
   *
   * Follows what is in this box from the next frame on, in place of what
   * #siambantrack:box or this signal gave before.
   *
   * Returns: %FALSE if a number is not finite, a side not above 0, or the
   *     element not PAUSED or PLAYING
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("seed", type, flags, G_CALLBACK (signals_seed),
      NULL, NULL, NULL, G_TYPE_BOOLEAN, 4, G_TYPE_DOUBLE, G_TYPE_DOUBLE,
      G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  /**
   * siambantrack::add-target:
   * @x: left edge, in pixels
   * @y: top edge, in pixels
   * @w: width, in pixels
   * @h: height, in pixels
   *
   * Follows what is in this box from the next frame on, beside all others.
   *
   * Returns: the new target's id, as a guint64, or 0 for the reasons of
   *     #siambantrack::seed
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("add-target", type, flags,
      G_CALLBACK (add_target), NULL, NULL, NULL, G_TYPE_UINT64, 4,
      G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  /**
   * siambantrack::remove-target:
   * @id: of the target, a guint64
   *
   * Ends it with the next frame.
   *
   * Returns: %FALSE if there is no such target
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("remove-target", type, flags,
      G_CALLBACK (remove_target), NULL, NULL, NULL, G_TYPE_BOOLEAN, 1,
      G_TYPE_UINT64);
  /**
   * siambantrack::reset:
   *
   * Ends all targets with the next frame. Boxes given before do not seed again.
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("reset", type, flags, G_CALLBACK (signals_reset),
      NULL, NULL, NULL, G_TYPE_NONE, 0);
}
