/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanload.h"

#include "gstsiambanlog.h"

typedef struct
{
  GQuark domain;
  gint code;
} Kind;

static gboolean
is_missing (const gchar *path)
{
  return path && !g_file_test (path, G_FILE_TEST_EXISTS);
}

static Kind
kind_of (const GError *error, const GstSiambanSettings *settings)
{
  if (error->code == SIAMBAN_ERROR_CONFIG)
    return (Kind){GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS};
  if (error->code != SIAMBAN_ERROR_IO)
    return (Kind){GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_INIT};
  if (!settings->model || is_missing (settings->model) ||
      is_missing (settings->config))
    return (Kind){GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND};
  return (Kind){GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ};
}

static void
post_failure (GstElement *element, GstMessageType type,
    const GstSiambanSettings *settings, const GError *error)
{
  const Kind kind = kind_of (error, settings);

  gst_element_message_full (element, type, kind.domain, kind.code,
      g_strdup (error->message),
      g_strdup_printf ("model %s, config %s",
          settings->model ? settings->model : "(built-in)",
          settings->config ? settings->config : "(none given)"),
      __FILE__, GST_FUNCTION, __LINE__);
}

static void
log_model (GstElement *element, const GstSiambanSettings *settings,
    const SiambanModel *model, gint64 us)
{
  const gchar *folder = g_getenv ("SIAMBAN_CACHE_DIR");
  SiambanModelInfo info;

  siamban_model_get_info (model, &info);
  GST_INFO_OBJECT (element,
      "model %s: %s, %s on %s, %u threads (0: all), %" G_GUINT64_FORMAT
      " parameters, %.1f M multiplications a search, ready after %.1f ms, "
      "packed weights %s",
      settings->model ? settings->model : "(built-in)", info.architecture,
      siamban_precision_name (info.precision), info.cpu, settings->threads,
      info.n_parameters, (gdouble)info.search_macs / 1e6, (gdouble)us / 1000,
      !folder     ? "not kept (no SIAMBAN_CACHE_DIR)"
      : info.kept ? "read from SIAMBAN_CACHE_DIR"
                  : "made, for SIAMBAN_CACHE_DIR had none");
}

static SiambanModel *
load (GstElement *element, GstMessageType failure,
    const GstSiambanSettings *settings)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  SiambanModel *model = siamban_model_load (
      settings->model, settings->config, settings->precision, &error);

  if (model)
    log_model (element, settings, model, g_get_monotonic_time () - start);
  else
    post_failure (element, failure, settings, error);
  return model;
}

SiambanModel *
gst_siamban_load (GstElement *element, const GstSiambanSettings *settings)
{
  return load (element, GST_MESSAGE_ERROR, settings);
}

void
gst_siamban_loader_init (GstSiambanLoader *self, GstSiambanTracker *tracker)
{
  self->tracker = tracker;
  g_mutex_init (&self->lock);
}

void
gst_siamban_loader_stop (GstSiambanLoader *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
}

void
gst_siamban_loader_clear (GstSiambanLoader *self)
{
  gst_siamban_loader_stop (self);
  gst_siamban_settings_clear (&self->wanted);
  g_mutex_clear (&self->lock);
}

static void
hand_over (GstSiambanLoader *self, const GstSiambanSettings *settings)
{
  GstElement *element = self->tracker->element;
  SiambanModel *model = load (element, GST_MESSAGE_WARNING, settings);
  const GstSiambanMoment moment = GST_SIAMBAN_NO_MOMENT;

  if (!model)
    return;
  GST_OBJECT_LOCK (element);
  if (self->tracker->session)
    siamban_session_set_model (self->tracker->session, model);
  GST_OBJECT_UNLOCK (element);
  siamban_model_unref (model);
  gst_siamban_post_notice (element, "model",
      settings->model ? settings->model : "(built-in)", &moment);
}

static gboolean
take_wanted (GstSiambanLoader *self, GstSiambanSettings *wanted)
{
  gboolean again;

  g_mutex_lock (&self->lock);
  again = self->busy = self->again;
  self->again = FALSE;
  if (again)
    gst_siamban_settings_copy (&self->wanted, wanted);
  g_mutex_unlock (&self->lock);
  return again;
}

static gpointer
load_beside (gpointer data)
{
  GstSiambanLoader *self = data;
  GstSiambanSettings wanted;

  while (take_wanted (self, &wanted)) {
    hand_over (self, &wanted);
    gst_siamban_settings_clear (&wanted);
  }
  return NULL;
}

void
gst_siamban_loader_request (
    GstSiambanLoader *self, const GstSiambanSettings *settings)
{
  g_mutex_lock (&self->lock);
  gst_siamban_settings_clear (&self->wanted);
  gst_siamban_settings_copy (settings, &self->wanted);
  self->again = TRUE;
  if (!self->busy) {
    g_clear_pointer (&self->thread, g_thread_join);
    self->busy = TRUE;
    self->thread = g_thread_new ("siambantrack-load", load_beside, self);
  }
  g_mutex_unlock (&self->lock);
}
