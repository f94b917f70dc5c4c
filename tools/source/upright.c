/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upright.h"

#include <gst/video/video.h>

#include "element.h"

/* Events held back until a frame comes. */
typedef struct
{
  GstEvent *caps, *segment; /* NULL: none */
  gboolean releasing;
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  gst_clear_event (&held->caps);
  gst_clear_event (&held->segment);
  g_free (held);
}

/* A copy: the pad takes this one for sent. */
static void
upright_release (GstPad *pad, GstEvent **held)
{
  if (*held)
    gst_pad_push_event (pad, gst_event_copy (*held));
  gst_clear_event (held);
}

static void
release_all (GstPad *pad, Held *held)
{
  held->releasing = TRUE;
  upright_release (pad, &held->caps);
  upright_release (pad, &held->segment);
  held->releasing = FALSE;
}

/* A turned stream has its caps before its tags: for a moment it seems to have
 * its sides the wrong way round, and nobody needs to know. */
static GstPadProbeReturn
hold_until_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Held *held = data;
  GstEvent *event;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    release_all (pad, held);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER || held->releasing)
    return GST_PAD_PROBE_OK;
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    gst_event_replace (&held->caps, event);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    gst_event_replace (&held->segment, event);
  else
    return GST_PAD_PROBE_OK;
  return GST_PAD_PROBE_DROP;
}

/* Whoever comes next does not know the new caps yet, and would offer buffers of
 * the old size. */
static GstPadProbeReturn
answer_allocation (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Held *held = data;
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  (void)pad;
  if (!held->caps || GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION ||
      !(info->type & GST_PAD_PROBE_TYPE_PUSH))
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

GstElement *
upright_add (GstBin *bin, GError **error)
{
  GstElement *upright = track_element_add (bin,
      "videoconvert ! videoflip video-direction=auto ! videoconvert", error);
  g_autoptr (GstPad) src = NULL;
  Held *held;

  if (!upright)
    return NULL;
  held = g_new0 (Held, 1);
  src = gst_element_get_static_pad (upright, "src");
  gst_pad_add_probe (src,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      hold_until_frame, held, held_free);
  gst_pad_add_probe (
      src, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, answer_allocation, held, NULL);
  return upright;
}
