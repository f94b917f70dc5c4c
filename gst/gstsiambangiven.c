/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambangiven.h"

#include "gstsiambanbox.h"
#include "gstsiambanorigin.h"

typedef struct
{
  GstSiambanGivenBy by;
  SiambanBox box;
  gboolean due;
  GstClockTime at; /* stream time of the frame it was learnt on, or NONE */
  guint64 id;      /* of its target, 0 before */
} GstSiambanGivenBox;

void
gst_siamban_given_init (GstSiambanGiven *given)
{
  for (guint by = 0; by < GST_SIAMBAN_N_GIVEN; by++)
    given->values[by] = g_array_new (FALSE, FALSE, sizeof (SiambanBox));
  given->boxes = g_array_new (FALSE, FALSE, sizeof (GstSiambanGivenBox));
  given->former = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
gst_siamban_given_clear (GstSiambanGiven *given)
{
  for (guint by = 0; by < GST_SIAMBAN_N_GIVEN; by++)
    g_clear_pointer (&given->values[by], g_array_unref);
  g_clear_pointer (&given->problem, g_free);
  g_clear_pointer (&given->boxes, g_array_unref);
  g_clear_pointer (&given->former, g_array_unref);
}

static GstSiambanGivenBox *
box_at (const GstSiambanGiven *given, guint i)
{
  return &g_array_index (given->boxes, GstSiambanGivenBox, i);
}

static void
drop_all_of (GstSiambanGiven *given, GstSiambanGivenBy by, gboolean replaced)
{
  for (guint i = given->boxes->len; i > 0; i--) {
    const GstSiambanGivenBox *old = box_at (given, i - 1);

    if (old->by != by)
      continue;
    if (replaced && old->id)
      g_array_append_val (given->former, old->id);
    g_array_remove_index (given->boxes, i - 1);
  }
}

void
gst_siamban_given_set (GstSiambanGiven *given, GstSiambanGivenBy by,
    const SiambanBox *boxes, guint n)
{
  drop_all_of (given, by, n > 0);
  for (guint i = 0; i < n; i++) {
    const GstSiambanGivenBox box = {
        .by = by, .box = boxes[i], .due = TRUE, .at = GST_CLOCK_TIME_NONE};

    g_array_append_val (given->boxes, box);
  }
}

static gboolean
given_parse (GstSiambanGivenBy by, const GValue *value, GArray *boxes)
{
  SiambanBox box;

  if (by == GST_SIAMBAN_GIVEN_MANY)
    return gst_siamban_boxes_from_array (value, boxes);
  if (gst_value_array_get_size (value) == 0)
    return TRUE;
  if (!gst_siamban_box_from_array (value, &box))
    return FALSE;
  g_array_append_val (boxes, box);
  return TRUE;
}

static void
keep_problem (GstSiambanGiven *given, GstSiambanGivenBy by, const GValue *value)
{
  g_autofree gchar *text = gst_value_serialize (value);

  g_free (given->problem);
  given->problem = g_strdup_printf (
      "%s is %s, expected %s: four finite numbers in pixels, width and height "
      "above 0",
      by == GST_SIAMBAN_GIVEN_ONE ? "box" : "boxes", text,
      by == GST_SIAMBAN_GIVEN_ONE ? "<x, y, width, height>"
                                  : "<<x, y, width, height>, ...>");
}

void
gst_siamban_given_set_value (
    GstSiambanGiven *given, GstSiambanGivenBy by, const GValue *value)
{
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (SiambanBox));

  if (!given_parse (by, value, boxes)) {
    keep_problem (given, by, value);
    g_array_unref (boxes);
    return;
  }
  g_array_unref (given->values[by]);
  given->values[by] = boxes;
  gst_siamban_given_set (given, by, (SiambanBox *)boxes->data, boxes->len);
}

void
gst_siamban_given_get_value (
    const GstSiambanGiven *given, GstSiambanGivenBy by, GValue *value)
{
  const GArray *boxes = given->values[by];

  if (by == GST_SIAMBAN_GIVEN_MANY)
    gst_siamban_boxes_to_array (boxes, value);
  else if (boxes->len > 0)
    gst_siamban_box_to_array (&g_array_index (boxes, SiambanBox, 0), value);
}

gchar *
gst_siamban_given_take_problem (GstSiambanGiven *given)
{
  return g_steal_pointer (&given->problem);
}

void
gst_siamban_given_start (GstSiambanGiven *given)
{
  g_array_set_size (given->boxes, 0);
  g_array_set_size (given->former, 0);
  for (guint by = 0; by < GST_SIAMBAN_N_GIVEN; by++)
    gst_siamban_given_set (given, by, (SiambanBox *)given->values[by]->data,
        given->values[by]->len);
}

void
gst_siamban_given_rewind (GstSiambanGiven *given)
{
  for (guint i = 0; i < given->boxes->len; i++) {
    GstSiambanGivenBox *box = box_at (given, i);

    if (GST_CLOCK_TIME_IS_VALID (box->at))
      box->due = TRUE;
  }
}

void
gst_siamban_given_leave (GstSiambanGiven *given)
{
  for (guint i = 0; i < given->boxes->len; i++) {
    GstSiambanGivenBox *box = box_at (given, i);

    if (GST_CLOCK_TIME_IS_VALID (box->at))
      box->due = FALSE;
    box->at = GST_CLOCK_TIME_NONE;
  }
}

void
gst_siamban_given_forget (GstSiambanGiven *given, GArray *dropped)
{
  for (guint i = 0; i < given->boxes->len; i++) {
    GstSiambanGivenBox *box = box_at (given, i);

    if (box->due && !GST_CLOCK_TIME_IS_VALID (box->at))
      g_array_append_val (dropped, box->box);
    box->due = FALSE;
    box->at = GST_CLOCK_TIME_NONE;
    box->id = 0;
  }
}

static gboolean
is_due (const GstSiambanGivenBox *box, const GstSiambanPlace *place)
{
  if (!box->due || !GST_CLOCK_TIME_IS_VALID (box->at))
    return box->due;
  return GST_CLOCK_TIME_IS_VALID (place->stream_time) &&
         2 * (guint64)ABS (GST_CLOCK_DIFF (place->stream_time, box->at)) <=
             place->duration;
}

static gboolean
given_shows (const GstSiambanPlace *place, const SiambanBox *box)
{
  return MIN (box->x + box->w, place->width) - MAX (box->x, 0) >= 1 &&
         MIN (box->y + box->h, place->height) - MAX (box->y, 0) >= 1;
}

/* Those that it replaces stay if it cannot be followed. */
static void
end_former (GstSiambanGiven *given, SiambanSession *session)
{
  for (guint i = 0; i < given->former->len; i++)
    siamban_session_remove (session, g_array_index (given->former, guint64, i));
  g_array_set_size (given->former, 0);
}

static void
given_seed (GstSiambanGiven *given, GstSiambanGivenBox *box,
    SiambanSession *session, const GstSiambanPlace *place)
{
  if (given_shows (place, &box->box))
    end_former (given, session);
  box->due = FALSE;
  box->at = place->stream_time;
  if (box->id && siamban_session_correct (session, box->id, &box->box, TRUE))
    return;
  box->id = siamban_session_add (
      session, &box->box, gst_siamban_origin_new (-1, 0), g_free);
}

void
gst_siamban_given_apply (GstSiambanGiven *given, SiambanSession *session,
    const GstSiambanPlace *place)
{
  for (guint i = 0; i < given->boxes->len; i++) {
    GstSiambanGivenBox *box = box_at (given, i);

    if (is_due (box, place))
      given_seed (given, box, session, place);
  }
}
