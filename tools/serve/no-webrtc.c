/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webrtc.h"

ServeWebrtc *
serve_webrtc_new (const ServeOptions *options, ServeVideo *video)
{
  (void)options;
  (void)video;
  return NULL;
}

void
serve_webrtc_free (ServeWebrtc *webrtc)
{
  (void)webrtc;
}

const char *
serve_webrtc_offer (ServeWebrtc *webrtc, const char *sdp,
    ServeWebrtcAnswer answer, gpointer data)
{
  (void)webrtc;
  (void)sdp;
  (void)answer;
  (void)data;
  return "built without WebRTC";
}

gboolean
serve_webrtc_is_full (const ServeWebrtc *webrtc)
{
  (void)webrtc;
  return TRUE;
}

guint
serve_webrtc_count (const ServeWebrtc *webrtc)
{
  (void)webrtc;
  return 0;
}
