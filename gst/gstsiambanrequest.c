/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanrequest.h"

#include <math.h>

#include "gstsiambanbox.h"

#define POINT_SHARE 8 /* of the smaller side */
#define POINT_LEAST 16

static const struct
{
  const gchar *name;
  GstSiambanRequestType type;
} names[] = {
    {"siambantrack-seed", GST_SIAMBAN_REQUEST_SEED},
    {"siambantrack-remove", GST_SIAMBAN_REQUEST_REMOVE},
    {"siambantrack-reset", GST_SIAMBAN_REQUEST_RESET},
};

static gboolean
type_of (const GstStructure *s, GstSiambanRequestType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (gst_structure_has_name (s, names[i].name)) {
      *type = names[i].type;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
get_number (const GstStructure *s, const gchar *field, gdouble *number)
{
  const GValue *value = gst_structure_get_value (s, field);

  return value && gst_siamban_number_from_value (value, number) &&
         isfinite (*number);
}

static gboolean
get_unsigned (const GstStructure *s, const gchar *field, guint64 *number)
{
  gdouble value;

  if (gst_structure_get_uint64 (s, field, number))
    return TRUE;
  if (!get_number (s, field, &value) || value < 0 || value >= 0x1p63)
    return FALSE;
  *number = (guint64)value;
  return TRUE;
}

/* Returns what is wrong with it, or NULL. */
static const gchar *
parse_place (const GstStructure *s, GstSiambanRequest *request)
{
  SiambanBox *box = &request->box;

  if (!get_number (s, "x", &box->x) || !get_number (s, "y", &box->y))
    return "x and y must be finite numbers";
  if (gst_structure_has_field (s, "w") || gst_structure_has_field (s, "h")) {
    if (!get_number (s, "w", &box->w) || !get_number (s, "h", &box->h) ||
        box->w <= 0 || box->h <= 0)
      return "w and h must be finite numbers above 0";
  }
  gst_structure_get_boolean (s, "relative", &request->relative);
  if (gst_structure_has_field (s, "pts") &&
      !get_unsigned (s, "pts", &request->pts))
    return "pts must be a number of nanoseconds";
  return NULL;
}

static const gchar *
parse_rest (const GstStructure *s, GstSiambanRequest *request)
{
  if (gst_structure_has_field (s, "id") &&
      (!get_unsigned (s, "id", &request->id) || request->id == 0))
    return "id must be that of a target, above 0";
  if (request->type == GST_SIAMBAN_REQUEST_SEED)
    return parse_place (s, request);
  if (request->type == GST_SIAMBAN_REQUEST_REMOVE && request->id == 0)
    return "id is missing";
  return NULL;
}

gboolean
gst_siamban_request_parse (
    const GstStructure *s, GstSiambanRequest *request, gchar **problem)
{
  const gchar *wrong;

  *request = (GstSiambanRequest){.pts = GST_CLOCK_TIME_NONE};
  *problem = NULL;
  if (!s || !type_of (s, &request->type))
    return FALSE;
  wrong = parse_rest (s, request);
  if (!wrong)
    return TRUE;
  *problem = g_strdup_printf ("%s: %s", gst_structure_get_name (s), wrong);
  return FALSE;
}

SiambanBox
gst_siamban_request_box (
    const GstSiambanRequest *request, gint width, gint height)
{
  SiambanBox box = request->box;

  if (request->relative)
    box = (SiambanBox){
        box.x * width, box.y * height, box.w * width, box.h * height};
  if (request->box.w == 0) {
    const gdouble side = MAX (MIN (width, height) / POINT_SHARE, POINT_LEAST);

    box = (SiambanBox){box.x - side / 2, box.y - side / 2, side, side};
  }
  return box;
}
