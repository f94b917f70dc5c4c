/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_REQUEST_H
#define GST_SIAMBAN_REQUEST_H

#include <gst/gst.h>
#include <siamban/box.h>

typedef enum
{
  GST_SIAMBAN_REQUEST_SEED,
  GST_SIAMBAN_REQUEST_REMOVE,
  GST_SIAMBAN_REQUEST_REMOVE_AT,
  GST_SIAMBAN_REQUEST_RESET
} GstSiambanRequestType;

/* What an application or a hand at the mouse asks for, to be carried out with
 * the next frame. */
typedef struct
{
  GstSiambanRequestType type;
  guint64 id;        /* 0: of a seed a new target, else that one anew */
  SiambanBox box;    /* of a seed; w and h are 0 for a point, and (x, y) alone
                        counts for removing what is there */
  gboolean relative; /* the box is in 0..1 of the frame */
  GstClockTime pts;  /* of the frame that the box is of, NONE: the next one */
} GstSiambanRequest;

/* Reads the structure of an application's event, "siambantrack-seed",
 * "siambantrack-remove" or "siambantrack-reset". Returns FALSE if it is
 * another's, and with @problem (transfer full) if it is one of them, but
 * wrong. */
gboolean gst_siamban_request_parse (
    const GstStructure *s, GstSiambanRequest *request, gchar **problem);

/* The box of a seed in pixels of a width x height frame. A point becomes a
 * square around it, an eighth of the frame's smaller side wide. */
SiambanBox gst_siamban_request_box (
    const GstSiambanRequest *request, gint width, gint height);

#endif
