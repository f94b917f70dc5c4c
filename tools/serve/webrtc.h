/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_WEBRTC_H
#define SERVE_WEBRTC_H

#include "options.h"
#include "video.h"

/* Video for browsers over WebRTC. Each frame has its time as RTP timestamp, in
 * 1/90000 s, rounded down. It talks only to who comes: addresses in an offer
 * are not looked at, and it listens where HTTP does. */
typedef struct ServeWebrtc ServeWebrtc;

/* One of @sdp and @reason is NULL. From the main loop. */
typedef void (*ServeWebrtcAnswer) (
    const char *sdp, const char *reason, gpointer data);

/* @options and @video must outlive it. NULL: there is no webrtcbin. */
ServeWebrtc *serve_webrtc_new (const ServeOptions *options, ServeVideo *video);
void serve_webrtc_free (ServeWebrtc *webrtc);

/* @answer: called once, later, if this returns NULL; else it says why not. */
const char *serve_webrtc_offer (ServeWebrtc *webrtc, const char *sdp,
    ServeWebrtcAnswer answer, gpointer data);

gboolean serve_webrtc_is_full (const ServeWebrtc *webrtc);
guint serve_webrtc_count (const ServeWebrtc *webrtc);

#endif
