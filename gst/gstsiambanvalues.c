/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanproperties.h"
#include "gstsiambantrackprivate.h"

void
gst_siamban_track_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);
  GstSiambanGiven *given = &self->tracker.given;

  GST_OBJECT_LOCK (self);
  if (id == GST_SIAMBAN_PROP_BOX)
    gst_siamban_given_set_value (given, GST_SIAMBAN_GIVEN_ONE, value);
  else if (id == GST_SIAMBAN_PROP_BOXES)
    gst_siamban_given_set_value (given, GST_SIAMBAN_GIVEN_MANY, value);
  else if (!gst_siamban_properties_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
  if (id == GST_SIAMBAN_PROP_MOUSE_SELECT || id >= GST_SIAMBAN_PROP_OVERLAY)
    gst_base_transform_reconfigure_src (GST_BASE_TRANSFORM (self));
}

static GstStructure *
stats_of (GstSiambanTrack *self)
{
  SiambanSessionStats session = {0};

  if (self->tracker.session)
    siamban_session_get_stats (self->tracker.session, &session);
  self->stats.announced = self->pace.announced;
  return gst_siamban_stats_to_structure (&self->stats, &session);
}

void
gst_siamban_track_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);
  const GstSiambanGiven *given = &self->tracker.given;

  GST_OBJECT_LOCK (self);
  if (id == GST_SIAMBAN_PROP_BOX)
    gst_siamban_given_get_value (given, GST_SIAMBAN_GIVEN_ONE, value);
  else if (id == GST_SIAMBAN_PROP_BOXES)
    gst_siamban_given_get_value (given, GST_SIAMBAN_GIVEN_MANY, value);
  else if (id == GST_SIAMBAN_PROP_STATS)
    g_value_take_boxed (value, stats_of (self));
  else if (!gst_siamban_properties_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

/* After g_object_set() has set all that it was given. */
void
gst_siamban_track_notify (GObject *object, guint n, GParamSpec **specs)
{
  GstSiambanTrack *self = GST_SIAMBAN_TRACK (object);
  g_auto (GstSiambanSettings) settings = {0};
  gboolean wanted = FALSE;

  for (guint i = 0; i < n; i++)
    wanted =
        wanted || (specs[i]->owner_type == GST_TYPE_SIAMBAN_TRACK &&
                      gst_siamban_properties_choose_model (specs[i]->param_id));
  GST_OBJECT_LOCK (self);
  wanted = wanted && self->tracker.session;
  gst_siamban_settings_copy (&self->settings, &settings);
  GST_OBJECT_UNLOCK (self);
  if (wanted)
    gst_siamban_loader_request (&self->loader, &settings);
  G_OBJECT_CLASS (g_type_class_peek (GST_TYPE_BASE_TRANSFORM))
      ->dispatch_properties_changed (object, n, specs);
}
