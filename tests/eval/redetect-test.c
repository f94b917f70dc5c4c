/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the target lies in the frames of the redetection test. */

#include <string.h>

#include <png.h>

#include "folder.h"
#include "tools/eval/redetect.h"

#define WIDTH  60
#define HEIGHT 40

/* Each pixel tells its place: blue is its column, green its row. */
static void
write_still (const char *path)
{
  png_image image = {.version = PNG_IMAGE_VERSION,
      .width = WIDTH,
      .height = HEIGHT,
      .format = PNG_FORMAT_BGR};
  guint8 pixels[HEIGHT][WIDTH][3];

  for (guint8 y = 0; y < HEIGHT; y++)
    for (guint8 x = 0; x < WIDTH; x++) {
      const guint8 pixel[3] = {x, y, 255};

      memcpy (pixels[y][x], pixel, 3);
    }
  g_assert_true (
      png_image_write_to_file (&image, path, 0, pixels, 0, NULL) != 0);
}

static void
assert_pixel (const EvalPicture *picture, int x, int y, const guint8 *expected)
{
  const guint8 *pixel = picture->pixels + 4 * (y * picture->frame.width + x);

  g_assert_cmpmem (pixel, 3, expected, 3);
}

static EvalSequence *
new_sequence (const char *folder, const SiambanBox *box)
{
  g_autofree char *path = g_build_filename (folder, "still.png", NULL);
  GError *error = NULL;
  EvalSequence *sequence;

  write_still (path);
  sequence = eval_redetect_new ("still", path, box, &error);
  g_assert_no_error (error);
  return sequence;
}

/* The target's pixels stand where the truth says. */
static void
check_frame (const EvalSequence *sequence, guint i, EvalPicture *picture)
{
  const SiambanBox *from = &eval_sequence_truth (sequence, 0)->box;
  const SiambanBox *to = &eval_sequence_truth (sequence, i)->box;
  GError *error = NULL;

  eval_redetect_read (sequence, i, picture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (picture->frame.width, ==, 3 * WIDTH);
  g_assert_cmpint (picture->frame.height, ==, 3 * HEIGHT);
  for (int y = 0; y < from->h; y++)
    for (int x = 0; x < from->w; x++) {
      const guint8 pixel[3] = {
          (guint8)(from->x + x), (guint8)(from->y + y), 255};

      assert_pixel (picture, (int)to->x + x, (int)to->y + y, pixel);
    }
}

static void
check_sequence (const SiambanBox *box)
{
  static const guint8 black[3];
  char *folder = folder_new ();
  EvalSequence *sequence = new_sequence (folder, box);
  EvalPicture picture = {0};

  g_assert_cmpuint (sequence->truth->len, ==, 200);
  for (guint i = 0; i < 7; i++)
    check_frame (sequence, i, &picture);
  assert_pixel (&picture, 0, 0, black);
  assert_pixel (&picture, (int)box->x, (int)box->y, black);
  eval_picture_clear (&picture);
  eval_sequence_free (sequence);
  folder_remove (folder);
}

static void
test_inside (void)
{
  check_sequence (&(SiambanBox){20, 15, 8, 6});
  check_sequence (&(SiambanBox){21, 14, 7, 9});
}

/* What the square has beyond the still is black. */
static void
test_corners (void)
{
  check_sequence (&(SiambanBox){0, 0, 10, 10});
  check_sequence (&(SiambanBox){50, 30, 10, 10});
}

static void
test_whole (void)
{
  check_sequence (&(SiambanBox){0, 0, WIDTH, HEIGHT});
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redetect/inside", test_inside);
  g_test_add_func ("/redetect/corners", test_corners);
  g_test_add_func ("/redetect/whole", test_whole);
  return g_test_run ();
}
