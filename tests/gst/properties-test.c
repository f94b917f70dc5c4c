/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <siamban/model.h>

#include "rig.h"

static void
test_defaults (void)
{
  GstElement *element = gst_element_factory_make ("siambantrack", NULL);
  guint n;
  GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);

  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    if (specs[i]->owner_type != G_OBJECT_TYPE (element) ||
        !(specs[i]->flags & G_PARAM_WRITABLE))
      continue;
    g_value_init (&value, specs[i]->value_type);
    g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
    if (GST_VALUE_HOLDS_ARRAY (&value))
      g_assert_cmpuint (gst_value_array_get_size (&value), ==, 0);
    else
      g_assert_true (g_param_value_defaults (specs[i], &value));
    g_value_unset (&value);
  }
  g_free (specs);
  gst_object_unref (element);
}

#define PLAYING GST_PARAM_MUTABLE_PLAYING

static void
test_flags (void)
{
  static const struct
  {
    const gchar *name;
    guint mutable;
  } wanted[] = {
      {"model", PLAYING},
      {"config", PLAYING},
      {"precision", PLAYING},
      {"mode", PLAYING},
      {"threads", PLAYING | GST_PARAM_CONTROLLABLE},
      {"box", PLAYING},
      {"boxes", PLAYING},
      {"seed-from", PLAYING},
      {"seed-from-roi", PLAYING},
      {"seed-roi-type", PLAYING},
      {"seed-history", PLAYING},
      {"label", PLAYING},
      {"max-targets", PLAYING},
      {"max-searches", PLAYING | GST_PARAM_CONTROLLABLE},
      {"id-base", GST_PARAM_MUTABLE_READY},
      {"max-lost-age", PLAYING},
      {"lost-threshold", PLAYING | GST_PARAM_CONTROLLABLE},
      {"found-threshold", PLAYING | GST_PARAM_CONTROLLABLE},
      {"reset-on-flush", PLAYING},
      {"inference-interval", PLAYING | GST_PARAM_CONTROLLABLE},
      {"max-latency", PLAYING},
      {"async", GST_PARAM_MUTABLE_READY},
      {"post-frames", PLAYING},
      {"draw", PLAYING},
      {"stats", 0},
  };
  const guint mask = GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PAUSED |
                     GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE;
  GstElement *element = track_new ();
  GObjectClass *klass = G_OBJECT_GET_CLASS (element);

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    GParamSpec *spec = g_object_class_find_property (klass, wanted[i].name);

    g_assert_nonnull (spec);
    g_assert_cmpuint (spec->flags & mask, ==, wanted[i].mutable);
    g_assert_cmpint (!!(spec->flags & G_PARAM_WRITABLE), ==,
        !g_str_equal (wanted[i].name, "stats"));
  }
  gst_object_unref (element);
}

static void
test_element (void)
{
  GstElement *element = track_new ();
  GstElementFactory *factory = gst_element_get_factory (element);

  g_assert_cmpuint (gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory)),
      ==, GST_RANK_NONE);
  g_assert_cmpstr (
      gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS),
      ==, "Filter/Analyzer/Video");
  g_assert_false (
      gst_base_transform_is_qos_enabled (GST_BASE_TRANSFORM (element)));
  gst_object_unref (element);
}

static void
test_box_round_trip (void)
{
  static const gchar *const given[] = {"<1, 2, 30, 40>",
      "<(double)1, (int)2, (float)30, (guint64)40>", "<1.0, 2.0, 30.0, 40.0>"};
  static const gdouble wanted[] = {1, 2, 30, 40};

  for (guint i = 0; i < G_N_ELEMENTS (given); i++) {
    GstElement *element = track_new ();
    GValue value = G_VALUE_INIT;

    track_set_box_text (element, given[i]);
    g_value_init (&value, GST_TYPE_ARRAY);
    g_object_get_property (G_OBJECT (element), "box", &value);
    g_assert_cmpuint (gst_value_array_get_size (&value), ==, 4);
    for (guint j = 0; j < 4; j++)
      g_assert_cmpfloat (
          g_value_get_double (gst_value_array_get_value (&value, j)), ==,
          wanted[j]);
    g_value_unset (&value);
    gst_object_unref (element);
  }
}

static void
test_null_strings (void)
{
  GstElement *element = track_new ();
  gchar *label, *type;

  g_object_set (element, "label", "car", "seed-roi-type", "face", NULL);
  g_object_get (element, "label", &label, "seed-roi-type", &type, NULL);
  g_assert_cmpstr (label, ==, "car");
  g_assert_cmpstr (type, ==, "face");
  g_free (label);
  g_free (type);
  g_object_set (element, "label", NULL, "seed-roi-type", NULL, NULL);
  g_object_get (element, "label", &label, "seed-roi-type", &type, NULL);
  g_assert_null (label);
  g_assert_null (type);
  gst_object_unref (element);
}

static void
test_precision (void)
{
  static const struct
  {
    const gchar *name;
    SiambanPrecision precision;
  } cases[] = {
      {"fp32", SIAMBAN_PRECISION_FP32},
      {"int8", SIAMBAN_PRECISION_INT8},
      {"bf16", SIAMBAN_PRECISION_BF16},
      {"auto", SIAMBAN_PRECISION_AUTO},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstElement *element = track_new ();
    gint value;

    gst_util_set_object_arg (G_OBJECT (element), "precision", cases[i].name);
    g_object_get (element, "precision", &value, NULL);
    g_assert_cmpint (value, ==, cases[i].precision);
    gst_object_unref (element);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gst/properties/defaults", test_defaults);
  g_test_add_func ("/gst/properties/flags", test_flags);
  g_test_add_func ("/gst/properties/element", test_element);
  g_test_add_func ("/gst/properties/box", test_box_round_trip);
  g_test_add_func ("/gst/properties/null-strings", test_null_strings);
  g_test_add_func ("/gst/properties/precision", test_precision);
  return g_test_run ();
}
