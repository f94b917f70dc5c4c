/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_TRACK_PRIVATE_H
#define GST_SIAMBAN_TRACK_PRIVATE_H

#include <gst/video/video.h>

#include "gstsiambanload.h"
#include "gstsiambannavigation.h"
#include "gstsiambanpace.h"
#include "gstsiambanpainter.h"
#include "gstsiambanstats.h"
#include "gstsiambantrack.h"
#include "gstsiambanworker.h"

struct _GstSiambanTrack
{
  GstBaseTransform parent;

  GstSiambanTracker tracker;
  GstSiambanLoader loader;
  GstSiambanWorker *worker; /* NULL: inference runs in the streaming thread */
  GstSiambanPace pace;

  /* under the object lock */
  GstSiambanSettings settings;
  GstSiambanPointer pointer;
  GstSiambanStats stats;

  /* the streaming thread's */
  GstVideoInfo info;
  GstSiambanPainter painter;
  gchar *stream_id;
  guint troubles; /* kinds already warned of */
};

/* gstsiambanvalues.c: of the properties. */
void gst_siamban_track_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec);
void gst_siamban_track_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec);
void gst_siamban_track_notify (GObject *object, guint n, GParamSpec **specs);

/* gstsiambansignals.c */
void gst_siamban_track_install_signals (GObjectClass *klass);

/* gstsiambanpass.c: what happens to a frame. */
GstFlowReturn gst_siamban_track_transform_ip (
    GstBaseTransform *trans, GstBuffer *buffer);

#endif
