/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sequence-source.h"

#include <gst/app/gstappsrc.h>
#include <gst/base/gsttypefindhelper.h>
#include <gst/video/video.h>

#include "element.h"
#include "frame-number.h"
#include "picture-element.h"
#include "sequence.h"

#define DEFAULT_FPS 30

/* Reads the pictures in the streaming thread, one whenever the decoder wants
 * one. */
typedef struct
{
  Sequence *sequence;
  guint64 start; /* index of the first picture wanted */
  guint64 next;  /* index after the last picture seen */
  gboolean gaps; /* whether pictures may be missing */
  int num, den;  /* frames a second */
} Reader;

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  sequence_free (reader->sequence);
  g_free (reader);
}

static void
warn_of_gap (const Reader *reader, GstElement *source, guint64 before)
{
  const guint64 n = before - reader->next;
  g_autofree char *first = sequence_name (reader->sequence, reader->next);
  g_autofree char *last = sequence_name (reader->sequence, before - 1);

  if (n == 1)
    GST_ELEMENT_WARNING_WITH_DETAILS (source, RESOURCE, NOT_FOUND,
        ("%s: is missing", first), (NULL),
        ("lost", G_TYPE_UINT64, n, "file", G_TYPE_STRING, first, NULL));
  else
    GST_ELEMENT_WARNING_WITH_DETAILS (source, RESOURCE, NOT_FOUND,
        ("%s to %s: are missing", first, last), (NULL),
        ("lost", G_TYPE_UINT64, n, "file", G_TYPE_STRING, first, NULL));
}

static void
warn_of_file (GstElement *source, const char *file, const char *text)
{
  GST_ELEMENT_WARNING_WITH_DETAILS (source, RESOURCE, READ, ("%s", text),
      (NULL),
      ("lost", G_TYPE_UINT64, (guint64)1, "file", G_TYPE_STRING, file, NULL));
}

/* Not by its name, which many data sets get wrong. NULL with the reason. */
static GstCaps *
find_type (const guint8 *content, gsize size, char **reason)
{
  GstCaps *caps = NULL;
  const char *name;

  if (size == 0) {
    *reason = g_strdup ("is empty");
    return NULL;
  }
  caps = gst_type_find_helper_for_data (NULL, content, size, NULL);
  name = caps ? gst_structure_get_name (gst_caps_get_structure (caps, 0))
              : "something unknown";
  if (g_str_has_prefix (name, "image/"))
    return gst_caps_make_writable (caps);
  *reason = g_strdup_printf ("is no picture, but %s", name);
  gst_clear_caps (&caps);
  return NULL;
}

static GstSample *
make_sample (const Reader *reader, const char *file, guint64 index,
    GBytes *content, GstCaps *caps)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (content);
  const guint64 second = GST_SECOND * (guint64)reader->den;
  GstSample *sample;

  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale_round (index, second, (guint64)reader->num);
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale_round (1, second, (guint64)reader->num);
  frame_number_set (buffer, index, file);
  gst_caps_set_simple (
      caps, "framerate", GST_TYPE_FRACTION, reader->num, reader->den, NULL);
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  gst_buffer_unref (buffer);
  return sample;
}

static GstSample *
read_picture (
    const Reader *reader, const char *file, guint64 index, char **problem)
{
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstCaps) caps = NULL;
  char *content;
  gsize size;

  if (!g_file_get_contents (file, &content, &size, &error)) {
    *problem = g_strdup (error->message); /* names the file */
    return NULL;
  }
  bytes = g_bytes_new_take (content, size);
  caps = find_type ((const guint8 *)content, size, &reason);
  if (caps)
    return make_sample (reader, file, index, bytes, caps);
  *problem = g_strdup_printf ("%s: %s", file, reason);
  return NULL;
}

/* The next picture that can be read, or NULL at the end. */
static GstSample *
next_sample (Reader *reader, GstElement *source)
{
  guint64 index;
  char *next;

  while ((next = sequence_next (reader->sequence, &index))) {
    g_autofree char *file = next;
    g_autofree char *problem = NULL;
    GstSample *sample;

    if (index > reader->next && !reader->gaps)
      warn_of_gap (reader, source, index);
    reader->next = MAX (index + 1, reader->next);
    if (index < reader->start)
      continue;
    sample = read_picture (reader, file, index, &problem);
    if (sample)
      return sample;
    warn_of_file (source, file, problem);
  }
  return NULL;
}

static void
feed (GstAppSrc *source, guint length, gpointer data)
{
  GstSample *sample = next_sample (data, GST_ELEMENT (source));

  (void)length;
  if (!sample) {
    gst_app_src_end_of_stream (source);
    return;
  }
  gst_app_src_push_sample (source, sample);
  gst_sample_unref (sample);
}

static Reader *
reader_new (const TrackSource *source, GError **error)
{
  Sequence *sequence =
      sequence_open (source->input, source->start_index, error);
  Reader *reader;

  if (!sequence)
    return NULL;
  reader = g_new0 (Reader, 1);
  reader->sequence = sequence;
  reader->gaps = source->gaps;
  gst_util_double_to_fraction (
      source->fps > 0 ? source->fps : DEFAULT_FPS, &reader->num, &reader->den);
  reader->start = MAX (source->start_frame,
      gst_util_uint64_scale_ceil (source->start_time, (guint64)reader->num,
          GST_SECOND * (guint64)reader->den));
  reader->next = reader->start;
  return reader;
}

GstElement *
sequence_source_add (
    GstBin *pipeline, const TrackSource *source, GError **error)
{
  static GstAppSrcCallbacks callbacks = {.need_data = feed};
  Reader *reader = reader_new (source, error);
  GstElement *files, *pictures;

  if (!reader)
    return NULL;
  files = track_element_add (pipeline, "appsrc format=time", error);
  pictures =
      files ? track_element_add (pipeline, PICTURE_ELEMENT_NAME, error) : NULL;
  if (!pictures) {
    reader_free (reader);
    return NULL;
  }
  gst_app_src_set_callbacks (
      GST_APP_SRC (files), &callbacks, reader, reader_free);
  gst_element_link (files, pictures);
  return pictures;
}
