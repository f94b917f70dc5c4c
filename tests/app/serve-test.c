/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tools/serve/camera.h"
#include "tools/serve/clockwork.h"
#include "tools/serve/document.h"
#include "tools/serve/outbox.h"
#include "tools/serve/rate.h"
#include "tools/serve/seed.h"

#define MS GST_MSECOND

static void
test_delays_grow_and_stop_growing (void)
{
  g_assert_cmpuint (serve_camera_delay (0), ==, 1000);
  for (guint i = 1; i < 40; i++)
    g_assert_cmpuint (serve_camera_delay (i), >=, serve_camera_delay (i - 1));
  g_assert_cmpuint (serve_camera_delay (4), ==, 16000);
  g_assert_cmpuint (serve_camera_delay (G_MAXUINT), ==, 30000);
}

static void
test_times_keep_their_distances (void)
{
  ServeClockwork clockwork = {0};

  /* The second comes late, and is not moved for that. */
  g_assert_cmpuint (
      serve_clockwork_place (&clockwork, 7000 * MS, 500 * MS, TRUE), ==,
      500 * MS);
  g_assert_cmpuint (
      serve_clockwork_place (&clockwork, 7040 * MS, 590 * MS, FALSE), ==,
      540 * MS);
}

static void
test_times_rise_over_a_new_beginning (void)
{
  ServeClockwork clockwork = {0};
  GstClockTime before, after;

  serve_clockwork_place (&clockwork, 0, 100 * MS, TRUE);
  before = serve_clockwork_place (&clockwork, 900 * MS, 500 * MS, FALSE);
  after = serve_clockwork_place (&clockwork, 0, 600 * MS, TRUE);
  g_assert_cmpuint (before, ==, 1000 * MS);
  g_assert_cmpuint (after, ==, before + 1);
}

static void
test_a_clock_that_jumps_is_followed (void)
{
  ServeClockwork clockwork = {0};

  serve_clockwork_place (&clockwork, 0, 0, TRUE);
  g_assert_cmpuint (
      serve_clockwork_place (&clockwork, 3600 * GST_SECOND, 40 * MS, FALSE), ==,
      40 * MS);
  g_assert_cmpuint (
      serve_clockwork_place (&clockwork, GST_CLOCK_TIME_NONE, 5000 * MS, FALSE),
      ==, 5000 * MS);
}

static void
test_rates_let_a_burst_through (void)
{
  ServeRate rate = {.per_second = 10, .burst = 3};
  const gint64 now = 1000 * G_USEC_PER_SEC;

  for (int i = 0; i < 3; i++)
    g_assert_true (serve_rate_take (&rate, now));
  g_assert_false (serve_rate_take (&rate, now));
  g_assert_false (serve_rate_take (&rate, now + 90000));
  g_assert_true (serve_rate_take (&rate, now + 110000));
  g_assert_false (serve_rate_take (&rate, now + 110000));
}

static void
test_seeds_are_read (void)
{
  static const char text[] = "{\"norm\": [0.1, 0.2, 0.3, 4e-1], \"pts\": 77}";
  g_autoptr (GError) error = NULL;
  GstStructure *seed = serve_seed_parse (text, strlen (text), &error);
  gboolean relative = FALSE;
  guint64 pts = 0;
  double h = 0;

  g_assert_no_error (error);
  g_assert_true (gst_structure_get (seed, "h", G_TYPE_DOUBLE, &h, "pts",
      G_TYPE_UINT64, &pts, "relative", G_TYPE_BOOLEAN, &relative, NULL));
  g_assert_cmpfloat (h, ==, 0.4);
  g_assert_cmpuint (pts, ==, 77);
  g_assert_true (relative);
  gst_structure_free (seed);
}

static void
test_other_seeds_are_refused (void)
{
  static const char *const texts[] = {"", "null", "{\"box\":[1,2,3,true]}",
      "{\"box\":[1,2,3,1e400]}", "{\"box\":{}}", "{\"point\":[1,2,3]}",
      "{\"point\":[1,2],\"pts\":\"1\"}", "{\"norm\":[0,0,-1,1]}"};

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (serve_seed_parse (texts[i], strlen (texts[i]), &error));
    g_assert_nonnull (error);
  }
}

static void
test_text_is_escaped (void)
{
  ServeBoard board = {.name = "a\"b\n"};
  g_autofree char *document = NULL;

  serve_board_set_camera (&board, SERVE_CAMERA_LOST, "bad \xff\\ byte");
  document = serve_document_camera (&board);
  g_assert_true (g_utf8_validate (document, -1, NULL));
  g_assert_nonnull (strstr (document, "\"stream\":\"a\\\"b\\u000a\""));
  g_assert_nonnull (strstr (document, "\\\\ byte"));
  serve_board_clear (&board);
}

static void
test_no_target_is_in_sight_without_a_picture (void)
{
  ServeBoard board = {.camera = SERVE_CAMERA_PLAYING};
  const SiambanTrack track = {
      .status = SIAMBAN_STATUS_TRACKED, .confidence = 0.5};

  g_assert_cmpint (
      serve_board_status (&board, &track), ==, SIAMBAN_STATUS_TRACKED);
  g_assert_cmpfloat (serve_board_confidence (&board, &track), ==, 0.5);
  board.camera = SERVE_CAMERA_LOST;
  g_assert_cmpfloat (serve_board_confidence (&board, &track), ==, 0);
  g_assert_cmpint (
      serve_board_status (&board, &track), ==, SIAMBAN_STATUS_LOST);
}

static void
test_an_outbox_drops_the_oldest (void)
{
  ServeOutbox outbox;

  serve_outbox_init (&outbox, 2);
  g_assert_null (serve_outbox_peek (&outbox));
  for (int i = 0; i < 3; i++)
    serve_outbox_push (
        &outbox, g_strdup ("topic"), g_strdup_printf ("%d", i), i == 2);
  g_assert_cmpuint (outbox.dropped, ==, 1);
  g_assert_cmpstr (serve_outbox_peek (&outbox)->text, ==, "1");
  serve_outbox_pop (&outbox);
  g_assert_cmpstr (serve_outbox_peek (&outbox)->text, ==, "2");
  g_assert_true (serve_outbox_peek (&outbox)->retain);
  serve_outbox_clear (&outbox);
  g_assert_null (serve_outbox_peek (&outbox));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serve/delays", test_delays_grow_and_stop_growing);
  g_test_add_func ("/serve/times/distances", test_times_keep_their_distances);
  g_test_add_func ("/serve/times/rise", test_times_rise_over_a_new_beginning);
  g_test_add_func ("/serve/times/jump", test_a_clock_that_jumps_is_followed);
  g_test_add_func ("/serve/rates", test_rates_let_a_burst_through);
  g_test_add_func ("/serve/seeds/read", test_seeds_are_read);
  g_test_add_func ("/serve/seeds/refused", test_other_seeds_are_refused);
  g_test_add_func ("/serve/documents/escaped", test_text_is_escaped);
  g_test_add_func ("/serve/outbox", test_an_outbox_drops_the_oldest);
  g_test_add_func (
      "/serve/status/blind", test_no_target_is_in_sight_without_a_picture);
  return g_test_run ();
}
