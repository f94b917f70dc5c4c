/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_CAMERA_H
#define SERVE_CAMERA_H

#include <gst/gst.h>

#include "options.h"

typedef enum
{
  SERVE_CAMERA_CONNECTING, /* no frame yet */
  SERVE_CAMERA_PLAYING,
  SERVE_CAMERA_LOST, /* will be tried again */
  SERVE_CAMERA_ENDED /* a file, at its end */
} ServeCameraState;

typedef struct
{
  /* From any thread. @first: it does not follow what came before. */
  void (*frame) (GstSample *sample, gboolean first, gpointer data);
  /* From the main loop. @reason: why it is lost, or NULL. */
  void (*state) (ServeCameraState state, const char *reason, gpointer data);
} ServeCameraCalls;

/* Where frames come from, in a pipeline of its own: it breaks off and is built
 * again without anything else noticing but that there are no frames. */
typedef struct ServeCamera ServeCamera;

/* @options and @calls must outlive it. Returns NULL with @error if there can
 * never be a frame: no such file, a plugin missing. */
ServeCamera *serve_camera_new (const ServeOptions *options,
    const ServeCameraCalls *calls, gpointer data, GError **error);
void serve_camera_free (ServeCamera *camera);

const char *serve_camera_state_name (ServeCameraState state);

/* How often it was built again after a loss. */
guint64 serve_camera_get_retries (const ServeCamera *camera);

/* How long to wait before try number @n, from 0, in milliseconds. */
guint serve_camera_delay (guint n);

#endif
