/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_VIDEO_H
#define SERVE_VIDEO_H

#include <gst/app/gstappsrc.h>

/* H.264, made once for all who look, and not at all while nobody does. A viewer
 * that is slow misses frames up to the next one that stands alone; nobody waits
 * for it. From any thread. */
typedef struct ServeVideo ServeVideo;

/* Adds what it takes to @bin. @drawer: (nullable): an element of the type
 * siambantrack, which draws while somebody looks. */
ServeVideo *serve_video_new (GstBin *bin, GstElement *drawer, GError **error);
/* After the bin has stopped. */
void serve_video_free (ServeVideo *video);

/* Where raw frames go in. */
GstElement *serve_video_get_entry (ServeVideo *video);

/* Access units go into @viewer, beginning with one that stands alone.
 * @shifts: their times are moved to the viewer's clock; else they stay. */
void serve_video_add (ServeVideo *video, GstAppSrc *viewer, gboolean shifts);
void serve_video_remove (ServeVideo *video, GstAppSrc *viewer);

/* Somebody new sees what goes into a viewer: a frame that stands alone is made
 * soon. */
void serve_video_refresh (ServeVideo *video);

guint serve_video_count (ServeVideo *video);

#endif
