/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_RTSP_H
#define SERVE_RTSP_H

#include "options.h"
#include "video.h"

/* An RTSP server, which has one stream for all of its viewers. */
typedef struct ServeRtsp ServeRtsp;

/* @options and @video must outlive it. NULL with @error: the address is taken,
 * or open to more than there is a token for, or this was built without. */
ServeRtsp *serve_rtsp_new (
    const ServeOptions *options, ServeVideo *video, GError **error);
void serve_rtsp_free (ServeRtsp *rtsp);

/* How many look. */
guint serve_rtsp_count (const ServeRtsp *rtsp);

/* The address for players; free with g_free(). */
char *serve_rtsp_get_address (const ServeRtsp *rtsp);

#endif
