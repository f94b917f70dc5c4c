/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "board.h"
#include "mqtt.h"
#include "options.h"
#include "rtsp.h"
#include "tracker.h"

/* The page and the HTTP interface of docs/openapi.yaml, on the main loop. */
typedef struct ServeServer ServeServer;

/* @options and @board must outlive it. NULL with @error: the address is taken,
 * or open to more than there is a token for. */
ServeServer *serve_server_new (
    const ServeOptions *options, ServeBoard *board, GError **error);
void serve_server_free (ServeServer *server);

/* What there is to control; before that, the server answers that it is not
 * ready. NULL: no more. */
void serve_server_set_stream (
    ServeServer *server, ServeTracker *tracker, ServeCamera *camera);

/* As if it came over HTTP, but nobody waits for the answer. @text: JSON. */
gboolean serve_server_take_seed (
    ServeServer *server, const char *text, gsize size, GError **error);

/* The address to open; free with g_free(). */
char *serve_server_get_address (ServeServer *server);

/* @mqtt: (nullable): to be counted in metrics. */
void serve_server_set_mqtt (ServeServer *server, const ServeMqtt *mqtt);
/* @rtsp: (nullable): likewise. */
void serve_server_set_rtsp (ServeServer *server, const ServeRtsp *rtsp);

/* The board has a new frame. */
void serve_server_send_frame (ServeServer *server, const char *document);
void serve_server_send_event (ServeServer *server, const GstStructure *event);
void serve_server_send_camera (ServeServer *server);
void serve_server_send_picture (
    ServeServer *server, GBytes *jpeg, GstClockTime pts);

#endif
