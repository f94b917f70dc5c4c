/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_MQTT_H
#define SERVE_MQTT_H

#include "board.h"
#include "options.h"

typedef struct
{
  /* @text: as for POST /targets, @size: not above 4096. FALSE with @error. */
  gboolean (*seed) (
      const char *text, gsize size, gpointer data, GError **error);
  /* @id: 0 for all. */
  void (*stop) (guint64 id, gpointer data);
} ServeMqttCalls;

typedef struct
{
  gboolean connected;
  guint waiting;   /* messages */
  guint64 dropped; /* the broker was away for too long */
} ServeMqttCounts;

/* Tells a broker what happens and takes orders from it: docs/serve.md has the
 * topics. Without the broker everything goes on; what happens meanwhile is
 * kept, up to a bound, and sent when it is back. */
typedef struct ServeMqtt ServeMqtt;

/* NULL with @error: options->mqtt is no address, or this was built without. */
ServeMqtt *serve_mqtt_new (const ServeOptions *options,
    const ServeMqttCalls *calls, gpointer data, GError **error);
void serve_mqtt_free (ServeMqtt *mqtt);

/* The board has a new frame, or a new state of the source. */
void serve_mqtt_send_board (ServeMqtt *mqtt, const ServeBoard *board);
void serve_mqtt_send_event (ServeMqtt *mqtt, const char *document);

void serve_mqtt_get_counts (const ServeMqtt *mqtt, ServeMqttCounts *counts);

#endif
