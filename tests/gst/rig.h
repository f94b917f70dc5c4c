/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TEST_GST_RIG_H
#define TEST_GST_RIG_H

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <siamban/siamban.h>

/* What a region says in its params. */
typedef struct
{
  SiambanBox box;
  double score;
  double peak;
} RegionResult;

/* An element in a harness, with a bus and a film: a patterned square that moves
 * over a patterned ground, in any format and size. */
typedef struct
{
  GstHarness *harness;
  GstElement *element;
  GstBus *bus;
  GstVideoInfo info;
  guint n; /* frames made */
} Rig;

/* Where frame @n of every film has its square, if it is large enough. */
SiambanBox film_box (guint n);
void film_paint (GstVideoFrame *frame, guint n);
/* Four bytes a pixel, alpha first, whatever the format: of wide samples the
 * upper ones. Returns: (transfer full). */
guint8 *film_unpack (const GstVideoFrame *frame);

GstElement *track_new (void);
/* As gst-launch-1.0 would. */
void track_set_box_text (GstElement *element, const gchar *text);
/* @box: of 4 numbers. */
void track_set_box (GstElement *element, const gdouble *box);

/* @element: (transfer full). */
Rig *rig_new (
    GstElement *element, const gchar *format, gint width, gint height);
void rig_free (Rig *rig);
void rig_set_caps (Rig *rig, const gchar *format, gint width, gint height);
GstBuffer *rig_frame (Rig *rig);
/* Pushes @buffer (transfer full) and returns what comes out of it. */
GstBuffer *rig_push (Rig *rig, GstBuffer *buffer);
/* A frame of the film through the element. */
GstBuffer *rig_next (Rig *rig);

/* The region that the element added, or NULL; there is never more than one. */
GstVideoRegionOfInterestMeta *region_of (GstBuffer *buffer);
void region_result (GstVideoRegionOfInterestMeta *region, RegionResult *result);

/* A frame through the element: the number of the track on it, 0 for none. */
guint rig_next_id (Rig *rig);

/* The numbers of the tracks on @buffer (transfer full), in the order of the
 * regions, with blanks between them, must be @ids. Returns how many. */
guint rig_ids (GstBuffer *buffer, const gchar *ids);
void rig_next_ids (Rig *rig, const gchar *ids);

/* As a seek does; a new segment from 0 follows. */
void rig_flush (Rig *rig);

/* The next message of @type must be, or must not be, there. */
GstMessage *rig_message (Rig *rig, GstMessageType type);
void rig_no_message (Rig *rig, GstMessageType type);
/* The next element message must say @event of track @id. */
void rig_event (Rig *rig, const gchar *event, guint id);

#endif
