/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mqtt.h"

ServeMqtt *
serve_mqtt_new (const ServeOptions *options, const ServeMqttCalls *calls,
    gpointer data, GError **error)
{
  (void)options;
  (void)calls;
  (void)data;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--mqtt: this siamban-serve was built without libmosquitto");
  return NULL;
}

void
serve_mqtt_free (ServeMqtt *mqtt)
{
  (void)mqtt;
}

void
serve_mqtt_send_board (ServeMqtt *mqtt, const ServeBoard *board)
{
  (void)mqtt;
  (void)board;
}

void
serve_mqtt_send_event (ServeMqtt *mqtt, const char *document)
{
  (void)mqtt;
  (void)document;
}

void
serve_mqtt_get_counts (const ServeMqtt *mqtt, ServeMqttCounts *counts)
{
  (void)mqtt;
  *counts = (ServeMqttCounts){0};
}
