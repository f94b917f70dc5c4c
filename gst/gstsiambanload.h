/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_LOAD_H
#define GST_SIAMBAN_LOAD_H

#include "gstsiambantracker.h"

/* Loads the model that @settings name. Returns NULL if it cannot, and posts an
 * error message as of @element then. */
SiambanModel *gst_siamban_load (
    GstElement *element, const GstSiambanSettings *settings);

/* Loads models beside the stream. All zero is one that has nothing to do. */
typedef struct
{
  GstSiambanTracker *tracker;
  GMutex lock;
  GThread *thread;
  gboolean busy;  /* the thread will still look at what is wanted */
  gboolean again; /* more was asked for since it last looked */
  GstSiambanSettings wanted;
} GstSiambanLoader;

void gst_siamban_loader_init (
    GstSiambanLoader *loader, GstSiambanTracker *tracker);
/* Waits for the model being loaded. */
void gst_siamban_loader_stop (GstSiambanLoader *loader);
void gst_siamban_loader_clear (GstSiambanLoader *loader);

/* The tracker gets the model that @settings name when it is loaded, and keeps
 * the one it has, with a warning message, if that cannot be. */
void gst_siamban_loader_request (
    GstSiambanLoader *loader, const GstSiambanSettings *settings);

#endif
