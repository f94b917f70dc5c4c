/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

#define MAX_PIXELS ((gsize)1 << 28)

typedef struct
{
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
} JpegError;

static void
jpeg_fail (j_common_ptr info)
{
  JpegError *error = (JpegError *)info->err;

  error->manager.format_message (info, error->message);
  longjmp (error->jump, 1);
}

/* Damaged data is decoded as far as it goes, as OpenCV does. */
static void
jpeg_ignore (j_common_ptr info, int level)
{
  (void)info;
  (void)level;
}

gboolean
eval_picture_set_size (EvalPicture *picture, int width, int height)
{
  gsize pixels = (gsize)width * (gsize)height;

  if (pixels > MAX_PIXELS)
    return FALSE;
  if (pixels * 4 > picture->room) {
    g_free (picture->pixels);
    picture->room = pixels * 4;
    picture->pixels = g_malloc (picture->room);
  }
  picture->frame = (SiambanFrame){.format = SIAMBAN_FORMAT_BGRX,
      .width = width,
      .height = height,
      .data = {picture->pixels},
      .stride = {width * 4}};
  return TRUE;
}

/* What it leaves open is closed by the caller, also after an error. */
static void
jpeg_read_pixels (
    struct jpeg_decompress_struct *info, EvalPicture *picture, GBytes *file)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  jpeg_create_decompress (info);
  jpeg_mem_src (info, data, size);
  jpeg_read_header (info, TRUE);
  info->out_color_space = JCS_EXT_BGRX;
  jpeg_start_decompress (info);
  if (!eval_picture_set_size (
          picture, (int)info->output_width, (int)info->output_height))
    ERREXIT1 (info, JERR_IMAGE_TOO_BIG, JPEG_MAX_DIMENSION);
  while (info->output_scanline < info->output_height) {
    JSAMPROW row =
        picture->pixels + (gsize)4 * info->output_width * info->output_scanline;

    jpeg_read_scanlines (info, &row, 1);
  }
  jpeg_finish_decompress (info);
}

static gboolean
read_jpeg (EvalPicture *picture, GBytes *file, GError **error)
{
  struct jpeg_decompress_struct info = {0};
  JpegError problem;

  info.err = jpeg_std_error (&problem.manager);
  problem.manager.error_exit = jpeg_fail;
  problem.manager.emit_message = jpeg_ignore;
  if (setjmp (problem.jump)) {
    jpeg_destroy_decompress (&info);
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "expected a whole JPEG file: %s", problem.message);
    return FALSE;
  }
  jpeg_read_pixels (&info, picture, file);
  jpeg_destroy_decompress (&info);
  return TRUE;
}

static gboolean
read_png (EvalPicture *picture, GBytes *file, GError **error)
{
  png_image image = {.version = PNG_IMAGE_VERSION};
  gsize size;
  const void *data = g_bytes_get_data (file, &size);
  gboolean ok = png_image_begin_read_from_memory (&image, data, size) != 0;

  image.format = PNG_FORMAT_BGRA;
  ok = ok &&
       eval_picture_set_size (picture, (int)image.width, (int)image.height) &&
       png_image_finish_read (&image, NULL, picture->pixels, 0, NULL);
  if (!ok)
    g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO,
        "expected a whole PNG file: %s",
        image.message[0] ? image.message : "it is too large");
  png_image_free (&image);
  return ok;
}

gboolean
eval_picture_read (EvalPicture *picture, const char *path, GError **error)
{
  g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GBytes) file = NULL;
  const guint8 *data;
  gsize size;
  gboolean ok;

  if (!map)
    return FALSE;
  file = g_mapped_file_get_bytes (map);
  data = g_bytes_get_data (file, &size);
  if (size >= 8 && !memcmp (data, "\x89PNG\r\n\x1a\n", 8))
    ok = read_png (picture, file, error);
  else
    ok = read_jpeg (picture, file, error);
  if (!ok)
    g_prefix_error (error, "%s: ", path);
  return ok;
}

void
eval_picture_clear (EvalPicture *picture)
{
  g_free (picture->pixels);
  *picture = (EvalPicture){0};
}
