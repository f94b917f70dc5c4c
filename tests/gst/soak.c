/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lives a hard life in one process: a film that begins again and again and a
 * camera that comes and goes, with seeds, clicks, removals, changes of state,
 * size, format and settings at random. Whoever started it looks at its memory,
 * threads and descriptors. Ends with a line that says what it did; fails if the
 * film stopped, or if nothing was followed. */

#include <stdlib.h>

#include <gst/gst.h>
#include <gst/video/navigation.h>

#include "siambanmeta.h"

#define PAUSE_US  (100 * 1000)
#define PATIENCE  (30 * GST_SECOND)
#define SILENCE_S 15

#define FILM                                                                   \
  "filesrc name=source ! decodebin name=decoder "                              \
  "videoconvertscale name=first ! capsfilter name=size ! "                     \
  "siambantrack name=track max-targets=4 seed-history=4 mouse-select=true "    \
  "draw-items=box+id+trail+search box=\"<375,422,55,153>\" ! "                 \
  "siambancrop width=320 height=240 ptz-interval=100000000 ! "                 \
  "queue max-size-buffers=4 ! fakevideosink qos=false sync=true"

#define CAMERA                                                                 \
  "rtspsrc name=source latency=100 tcp-timeout=3000000 ! "                     \
  "decodebin name=decoder "                                                    \
  "queue name=first leaky=downstream max-size-buffers=1 ! videoconvert ! "     \
  "siambantrack name=track async=true draw=true box=\"<100,80,60,60>\" ! "     \
  "fakesink sync=false"

typedef struct
{
  GstElement *pipeline;
  GstElement *track;
  GstBus *bus;
  gint frames;   /* atomic: that came out */
  gint followed; /* atomic: of them with a track */
} Scene;

typedef struct
{
  Scene film, camera;
  const char *camera_url; /* NULL: none */
  GRand *random;
  gint64 heard; /* from the camera */
  gint seen;    /* of its frames */
  guint lives;  /* of the camera */
  guint64 targets[4];
  guint added;
} Soak;

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Scene *scene = data;
  GstBuffer *buffer = gst_pad_probe_info_get_buffer (info);

  (void)pad;
  g_atomic_int_inc (&scene->frames);
  if (siamban_meta_n_tracks (buffer) > 0)
    g_atomic_int_inc (&scene->followed);
  return GST_PAD_PROBE_OK;
}

/* Every time that the decoder begins: a launch line links only once. */
static void
on_pad_added (GstElement *decoder, GstPad *pad, gpointer first)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (first, "sink");

  (void)decoder;
  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
}

static void
scene_begin (
    Scene *scene, const char *line, const char *property, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstElement) decoder = NULL;
  g_autoptr (GstElement) first = NULL;
  g_autoptr (GstPad) pad = NULL;

  scene->pipeline = gst_parse_launch (line, &error);
  if (error)
    g_error ("%s", error->message);
  source = gst_bin_get_by_name (GST_BIN (scene->pipeline), "source");
  g_object_set (source, property, value, NULL);
  decoder = gst_bin_get_by_name (GST_BIN (scene->pipeline), "decoder");
  first = gst_bin_get_by_name (GST_BIN (scene->pipeline), "first");
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), first);
  scene->track = gst_bin_get_by_name (GST_BIN (scene->pipeline), "track");
  scene->bus = gst_element_get_bus (scene->pipeline);
  pad = gst_element_get_static_pad (scene->track, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, scene, NULL);
  gst_element_set_state (scene->pipeline, GST_STATE_PLAYING);
}

static void
scene_end (Scene *scene)
{
  gst_element_set_state (scene->pipeline, GST_STATE_NULL);
  g_clear_object (&scene->bus);
  g_clear_object (&scene->track);
  g_clear_object (&scene->pipeline);
}

static void
film_reach (Scene *film, GstState state)
{
  gst_element_set_state (film->pipeline, state);
  if (gst_element_get_state (film->pipeline, NULL, NULL, PATIENCE) !=
      GST_STATE_CHANGE_SUCCESS)
    g_error ("the film did not become %s", gst_element_state_get_name (state));
}

static void
film_rewind (Scene *film, gint64 to)
{
  gst_element_seek_simple (film->pipeline, GST_FORMAT_TIME,
      GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, to);
  gst_element_get_state (film->pipeline, NULL, NULL, PATIENCE);
}

static void
film_listen (Scene *film)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  while ((message = gst_bus_pop (film->bus))) {
    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_EOS:
        film_rewind (film, 0);
        break;
      case GST_MESSAGE_ERROR:
        gst_message_parse_error (message, &error, NULL);
        g_error ("the film stopped: %s", error->message);
      default:
        break;
    }
    g_clear_pointer (&message, gst_message_unref);
  }
}

static void
random_box (Soak *soak, double *box)
{
  box[0] = g_rand_double_range (soak->random, -20, 400);
  box[1] = g_rand_double_range (soak->random, -20, 300);
  box[2] = g_rand_double_range (soak->random, 1, 200);
  box[3] = g_rand_double_range (soak->random, 1, 200);
}

static void
do_seed (Soak *soak)
{
  gboolean accepted;
  double box[4];

  random_box (soak, box);
  g_signal_emit_by_name (
      soak->film.track, "seed", box[0], box[1], box[2], box[3], &accepted);
}

static void
do_add (Soak *soak)
{
  guint64 *slot = &soak->targets[soak->added++ % G_N_ELEMENTS (soak->targets)];
  double box[4];

  random_box (soak, box);
  g_signal_emit_by_name (
      soak->film.track, "add-target", box[0], box[1], box[2], box[3], slot);
}

static void
do_remove (Soak *soak)
{
  guint i =
      (guint)g_rand_int_range (soak->random, 0, G_N_ELEMENTS (soak->targets));
  gboolean removed;

  g_signal_emit_by_name (
      soak->film.track, "remove-target", soak->targets[i], &removed);
}

static void
do_reset (Soak *soak)
{
  g_signal_emit_by_name (soak->film.track, "reset");
}

static void
click (Soak *soak, GstEvent *event)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (soak->film.track, "src");

  gst_pad_send_event (pad, event);
}

static void
do_click (Soak *soak)
{
  double box[4];

  random_box (soak, box);
  click (soak, gst_navigation_event_new_mouse_button_press (
                   1, box[0], box[1], GST_NAVIGATION_MODIFIER_NONE));
  click (
      soak, gst_navigation_event_new_mouse_button_release (1, box[0] + box[2],
                box[1] + box[3], GST_NAVIGATION_MODIFIER_NONE));
}

static void
do_pause (Soak *soak)
{
  film_reach (&soak->film, GST_STATE_PAUSED);
  film_reach (&soak->film, GST_STATE_PLAYING);
}

static void
do_ready (Soak *soak)
{
  film_reach (&soak->film, GST_STATE_READY);
  g_object_set (soak->film.track, "async", g_rand_boolean (soak->random), NULL);
  film_reach (&soak->film, GST_STATE_PLAYING);
}

static void
do_null (Soak *soak)
{
  film_reach (&soak->film, GST_STATE_NULL);
  film_reach (&soak->film, GST_STATE_PLAYING);
}

static void
do_seek (Soak *soak)
{
  film_rewind (
      &soak->film, g_rand_int_range (soak->random, 0, 9) * (gint64)GST_SECOND);
}

static void
do_caps (Soak *soak)
{
  static const char *const formats[] = {"I420", "BGR", "NV12", "RGBA", "GRAY8"};
  static const int sizes[][2] = {{768, 576}, {320, 240}, {641, 361}};
  guint n = g_rand_int (soak->random);
  const int *size = sizes[n % G_N_ELEMENTS (sizes)];
  g_autoptr (GstElement) filter =
      gst_bin_get_by_name (GST_BIN (soak->film.pipeline), "size");
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format",
      G_TYPE_STRING, formats[n / 8 % G_N_ELEMENTS (formats)], "width",
      G_TYPE_INT, size[0], "height", G_TYPE_INT, size[1], NULL);

  g_object_set (filter, "caps", caps, NULL);
}

static void
do_settings (Soak *soak)
{
  guint n = g_rand_int (soak->random);
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *label = g_strdup_printf ("thing %u", n);

  g_object_set (soak->film.track, "draw", (gboolean)(n & 1), "label", label,
      "inference-interval", 1 + (n >> 1) % 3, "post-frames",
      (gboolean)(n >> 3 & 1), NULL);
  g_object_get (soak->film.track, "stats", &stats, NULL);
}

typedef struct
{
  const char *name;
  void (*act) (Soak *soak);
  guint weight;
} Action;

static const Action actions[] = {
    {"seeds", do_seed, 6},
    {"additions", do_add, 8},
    {"removals", do_remove, 4},
    {"resets", do_reset, 1},
    {"clicks", do_click, 4},
    {"seeks", do_seek, 2},
    {"pauses", do_pause, 2},
    {"stops", do_ready, 1},
    {"ends", do_null, 1},
    {"caps", do_caps, 2},
    {"settings", do_settings, 4},
};

static guint
pick_action (GRand *random)
{
  guint sum = 0, i = 0;
  gint32 n;

  for (i = 0; i < G_N_ELEMENTS (actions); i++)
    sum += actions[i].weight;
  n = g_rand_int_range (random, 0, (gint32)sum);
  for (i = 0; n >= (gint32)actions[i].weight; i++)
    n -= (gint32)actions[i].weight;
  return i;
}

static gboolean
camera_is_gone (Soak *soak)
{
  Scene *camera = &soak->camera;
  gint frames = g_atomic_int_get (&camera->frames);
  g_autoptr (GstMessage) end =
      gst_bus_pop_filtered (camera->bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  gint64 now = g_get_monotonic_time ();

  if (frames != soak->seen)
    soak->heard = now;
  soak->seen = frames;
  return end || now - soak->heard > SILENCE_S * G_USEC_PER_SEC;
}

/* A new pipeline for every life, as programs do. */
static void
camera_watch (Soak *soak)
{
  Scene *camera = &soak->camera;

  if (!soak->camera_url)
    return;
  if (camera->pipeline) {
    if (camera_is_gone (soak))
      scene_end (camera);
  } else if (g_get_monotonic_time () - soak->heard > G_USEC_PER_SEC) {
    soak->heard = g_get_monotonic_time ();
    soak->lives++;
    scene_begin (camera, CAMERA, "location", soak->camera_url);
  }
}

static void
report (const Soak *soak, const guint *counts)
{
  g_print (
      "film: %d frames, %d followed", soak->film.frames, soak->film.followed);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_print (", %u %s", counts[i], actions[i].name);
  g_print ("\n");
  if (soak->camera_url)
    g_print ("camera: %d frames, %d followed, %u lives\n", soak->camera.frames,
        soak->camera.followed, soak->lives);
}

static void
soak_run (Soak *soak, double seconds, guint *counts)
{
  gint64 end = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end) {
    guint i = pick_action (soak->random);

    actions[i].act (soak);
    counts[i]++;
    film_listen (&soak->film);
    camera_watch (soak);
    g_usleep (PAUSE_US);
  }
}

int
main (int argc, char **argv)
{
  guint counts[G_N_ELEMENTS (actions)] = {0};
  Soak soak = {.random = g_rand_new_with_seed (1)};
  gboolean held;

  gst_init (&argc, &argv);
  if (argc < 3 || argc > 4) {
    g_printerr ("usage: %s SECONDS FILM [CAMERA-URL]\n", argv[0]);
    return 2;
  }
  soak.camera_url = argv[3];
  scene_begin (&soak.film, FILM, "location", argv[2]);
  soak_run (&soak, atof (argv[1]), counts);
  scene_end (&soak.film);
  if (soak.camera.pipeline)
    scene_end (&soak.camera);
  report (&soak, counts);
  held =
      soak.film.followed > 0 && (!soak.camera_url || soak.camera.followed > 0);
  g_rand_free (soak.random);
  gst_deinit (); /* the leaks tracer reports there */
  return held ? 0 : 1;
}
