/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_SERVER_PRIVATE_H
#define SERVE_SERVER_PRIVATE_H

#include "feeds.h"
#include "guard.h"
#include "server.h"
#include "waiters.h"
#include "webrtc.h"

struct ServeServer
{
  const ServeOptions *options;
  ServeBoard *board;
  ServeTracker *tracker; /* NULL: not ready */
  ServeCamera *camera;
  const ServeMqtt *mqtt; /* NULL: none */
  const ServeRtsp *rtsp; /* NULL: none */
  ServeWebrtc *webrtc;   /* NULL: none */
  SoupServer *soup;
  ServeGuard guard;
  ServeFeeds *feeds;
  ServeWaiters *seeds;     /* for what becomes of a box */
  ServeWaiters *snapshots; /* for a picture */
};

/* routes.c: answers what the guard has let through. */
void serve_route (
    ServeServer *server, SoupServerMessage *message, const char *path);

/* Whether pictures are needed has changed. */
void serve_server_watch (gpointer server);

#endif
