/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_CAMERA_H
#define GST_SIAMBAN_CAMERA_H

#include <gst/gst.h>
#include <siamban/box.h>

typedef enum
{
  GST_SIAMBAN_WHEN_LOST_HOLD,
  GST_SIAMBAN_WHEN_LOST_ZOOM_OUT,
  GST_SIAMBAN_WHEN_LOST_CENTRE
} GstSiambanWhenLost;

#define GST_TYPE_SIAMBAN_WHEN_LOST (gst_siamban_when_lost_get_type ())
GType gst_siamban_when_lost_get_type (void);

/* How a camera moves. Lengths are parts of what it shows, times seconds. */
typedef struct
{
  gdouble zoom;        /* view pixels a frame pixel; 0: by the target's size */
  gdouble target_size; /* part of the view that it takes then */
  gdouble dead_zone;   /* part of the view in which it moves freely */
  gdouble max_speed;   /* view widths a second, 0: any */
  gdouble max_acceleration; /* the same a second, 0: any */
  GstSiambanWhenLost when_lost;
} GstSiambanCameraOptions;

typedef struct
{
  gdouble at, speed;
} GstSiambanAxis;

/* A camera in the picture of another: it looks at (x, y), and what it shows is
 * 2^size frame pixels wide. All zero has not looked yet. */
typedef struct
{
  GstSiambanAxis x, y, size;
  gboolean placed;
} GstSiambanCamera;

typedef struct
{
  gint width, height;           /* of the frame */
  gint view_width, view_height; /* of what is made of it */
} GstSiambanScene;

/* Moves on by @dt seconds towards @target (nullable: not in sight). The first
 * time it is there at once. @window: (out): what it shows now, of the view's
 * shape, within the frame. */
void gst_siamban_camera_step (GstSiambanCamera *camera,
    const GstSiambanCameraOptions *options, const GstSiambanScene *scene,
    const SiambanBox *target, gdouble dt, SiambanBox *window);

#endif
