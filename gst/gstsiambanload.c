/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanload.h"

static gboolean
is_missing (const gchar *path)
{
  return path && !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
post_load_error (GstElement *element, const gchar *model, const gchar *config,
    const GError *error)
{
#define POST(domain, code)                                                     \
  GST_ELEMENT_ERROR (element, domain, code, ("%s", error->message),            \
      ("model %s, config %s", model ? model : "(built-in)",                    \
          config ? config : "(none given)"))

  if (error->code == SIAMBAN_ERROR_IO) {
    if (is_missing (model) || is_missing (config))
      POST (RESOURCE, NOT_FOUND);
    else
      POST (RESOURCE, READ);
  } else if (error->code == SIAMBAN_ERROR_CONFIG) {
    POST (LIBRARY, SETTINGS);
  } else {
    POST (LIBRARY, INIT);
  }
#undef POST
}

SiambanModel *
gst_siamban_load (GstElement *element, const GstSiambanSettings *settings)
{
  g_autoptr (GError) error = NULL;
  SiambanModel *model = siamban_model_load (
      settings->model, settings->config, settings->precision, &error);

  if (!model)
    post_load_error (element, settings->model, settings->config, error);
  return model;
}
