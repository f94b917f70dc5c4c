/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambanmarks.h"

#include <math.h>

#include "gstsiambanoutline.h"
#include "gstsiambansticker.h"
#include "gstsiambantext.h"

#define MIN_TEXT_HEIGHT 11
#define TEXT_PER_FRAME  40 /* text heights in the height of a frame */

struct _GstSiambanMarks
{
  GHashTable *by_id;
  guint64 frame;
};

typedef struct
{
  GArray *trail;      /* GstSiambanSpot, oldest first */
  gchar *look;        /* text, font and size of the caption */
  GstBuffer *caption; /* a sticker */
  guint64 frame;      /* that it was on last */
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_array_unref (mark->trail);
  g_free (mark->look);
  gst_clear_buffer (&mark->caption);
  g_free (mark);
}

GstSiambanMarks *
gst_siamban_marks_new (void)
{
  GstSiambanMarks *marks = g_new0 (GstSiambanMarks, 1);

  marks->by_id =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, mark_free);
  return marks;
}

void
gst_siamban_marks_free (GstSiambanMarks *marks)
{
  g_hash_table_unref (marks->by_id);
  g_free (marks);
}

static Mark *
mark_of (GstSiambanMarks *marks, guint64 id)
{
  Mark *mark = g_hash_table_lookup (marks->by_id, &id);

  if (!mark) {
    mark = g_new0 (Mark, 1);
    mark->trail = g_array_new (FALSE, FALSE, sizeof (GstSiambanSpot));
    g_hash_table_insert (marks->by_id, g_memdup2 (&id, sizeof id), mark);
  }
  mark->frame = marks->frame;
  return mark;
}

static gchar *
caption_text (const GstSiambanOverlay *overlay, const GstSiambanResult *result)
{
  const SiambanTrack *track = &result->track;
  const gboolean lost = track->status == SIAMBAN_STATUS_LOST;
  GString *text = g_string_new (NULL);
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.2f", track->confidence);
  if (overlay->items & GST_SIAMBAN_DRAW_LABEL)
    g_string_append_printf (text, " %s", result->label);
  if (overlay->items & GST_SIAMBAN_DRAW_ID)
    g_string_append_printf (text, " #%" G_GUINT64_FORMAT, track->id);
  if (overlay->items & GST_SIAMBAN_DRAW_CONFIDENCE && !lost)
    g_string_append_printf (text, " %s", number);
  if (text->len && lost)
    g_string_append (text, " lost");
  g_string_erase (text, 0, text->len ? 1 : 0);
  return g_string_free (text, FALSE);
}

static GstBuffer *
caption_of (
    Mark *mark, const gchar *text, const gchar *font, gint width, gint height)
{
  const gint size = MAX (height / TEXT_PER_FRAME, MIN_TEXT_HEIGHT);
  g_autofree gchar *look =
      g_strdup_printf ("%s\n%s\n%d\n%d", text, font, size, width);

  if (g_strcmp0 (look, mark->look) != 0) {
    g_free (mark->look);
    mark->look = g_steal_pointer (&look);
    gst_clear_buffer (&mark->caption);
    mark->caption = gst_siamban_text_new (text, font, size, width);
  }
  return mark->caption;
}

/* Above the box, or where there is no room, in its upper edge. */
static void
place_caption (Mark *mark, GPtrArray *rectangles,
    const GstSiambanOverlay *overlay, const GstSiambanResult *result,
    gint width, gint height, gint line_width)
{
  const GstVideoRectangle box = gst_siamban_outline_snap (&result->track.box);
  g_autofree gchar *text = caption_text (overlay, result);
  GstBuffer *caption;
  gint w, h, y;

  if (!*text)
    return;
  caption = caption_of (mark, text, overlay->font, width, height);
  gst_siamban_sticker_get_size (caption, &w, &h);
  y = box.y - h - line_width - 2;
  gst_siamban_sticker_place (rectangles, caption,
      CLAMP (box.x - line_width - 2, 0, width - w),
      CLAMP (y < 0 ? box.y : y, 0, MAX (height - h, 0)));
}

/* A lost target is nowhere: its trail ends where it was seen last. */
static void
place_trail (Mark *mark, GPtrArray *rectangles,
    const GstSiambanOverlay *overlay, const GstSiambanResult *result,
    gint width, gint height, gint line_width)
{
  const SiambanTrack *track = &result->track;
  const GstSiambanSpot spot = {
      track->box.x + track->box.w / 2, track->box.y + track->box.h / 2};
  GArray *trail = mark->trail;

  if (track->status != SIAMBAN_STATUS_LOST)
    g_array_append_val (trail, spot);
  if (trail->len > overlay->trail_length + 1)
    g_array_remove_range (trail, 0, trail->len - overlay->trail_length - 1);
  if (overlay->items & GST_SIAMBAN_DRAW_TRAIL)
    gst_siamban_trail_place (rectangles,
        &g_array_index (trail, GstSiambanSpot, 0), trail->len, width, height,
        line_width, overlay->colors[track->status]);
}

void
gst_siamban_marks_place (GstSiambanMarks *marks, GPtrArray *rectangles,
    const GstSiambanOverlay *overlay, const GstSiambanResult *result,
    gint width, gint height, gint line_width)
{
  Mark *mark = mark_of (marks, result->track.id);

  place_trail (mark, rectangles, overlay, result, width, height, line_width);
  place_caption (mark, rectangles, overlay, result, width, height, line_width);
}

static gboolean
is_gone (gpointer id, gpointer mark, gpointer frame)
{
  (void)id;
  return ((Mark *)mark)->frame != *(guint64 *)frame;
}

void
gst_siamban_marks_end_frame (GstSiambanMarks *marks)
{
  g_hash_table_foreach_remove (marks->by_id, is_gone, &marks->frame);
  marks->frame++;
}
