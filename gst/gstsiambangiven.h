/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_GIVEN_H
#define GST_SIAMBAN_GIVEN_H

#include <gst/gst.h>
#include <siamban/session.h>

/* The boxes that were given by property or signal, each with the place in the
 * stream where it was given: only there it seeds again after a seek. The caller
 * locks. */
typedef enum
{
  GST_SIAMBAN_GIVEN_ONE,  /* by the property box or the signal seed */
  GST_SIAMBAN_GIVEN_MANY, /* by the property boxes */
  GST_SIAMBAN_N_GIVEN
} GstSiambanGivenBy;

typedef struct
{
  GArray *values[GST_SIAMBAN_N_GIVEN]; /* SiambanBox: of the properties */
  gchar *problem;                      /* with a value that was refused */
  GArray *boxes;                       /* of GstSiambanGivenBox */
  GArray *former; /* guint64: ids of targets that the next box replaces */
} GstSiambanGiven;

/* The frame that comes next. */
typedef struct
{
  GstClockTime stream_time, duration;
  gint width, height;
} GstSiambanPlace;

void gst_siamban_given_init (GstSiambanGiven *given);
void gst_siamban_given_clear (GstSiambanGiven *given);

/* Takes the place of those given in the same way before, and of their targets.
 * None leaves the targets alone. */
void gst_siamban_given_set (GstSiambanGiven *given, GstSiambanGivenBy by,
    const SiambanBox *boxes, guint n);

/* Of the properties, by whatever a user may set. A @value that is not boxes is
 * kept as a problem, and changes nothing else. */
void gst_siamban_given_set_value (
    GstSiambanGiven *given, GstSiambanGivenBy by, const GValue *value);
void gst_siamban_given_get_value (
    const GstSiambanGiven *given, GstSiambanGivenBy by, GValue *value);
/* Returns: (transfer full) (nullable): the problem, once. */
gchar *gst_siamban_given_take_problem (GstSiambanGiven *given);

/* Those of the properties seed on the first frame. */
void gst_siamban_given_start (GstSiambanGiven *given);
/* After a flush: they seed where they did before. */
void gst_siamban_given_rewind (GstSiambanGiven *given);
/* In another stream: what was learnt in this one does not seed again. */
void gst_siamban_given_leave (GstSiambanGiven *given);
/* None seeds again, ever. @dropped: of SiambanBox: those that never did are
 * appended. */
void gst_siamban_given_forget (GstSiambanGiven *given, GArray *dropped);

/* Asks @session for those that are due on this frame. */
void gst_siamban_given_apply (GstSiambanGiven *given, SiambanSession *session,
    const GstSiambanPlace *place);

#endif
