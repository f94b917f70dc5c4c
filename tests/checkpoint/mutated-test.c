/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define N_ROUNDS 5000

/* A damaged file is an error, or a checkpoint in which all is in its place:
 * then the result is TRUE. */
static gboolean
open_any (const char *path)
{
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint = siamban_checkpoint_open (path, &error);

  if (!checkpoint) {
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CHECKPOINT);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return FALSE;
  }
  g_assert_no_error (error);
  check_tensors (checkpoint);
  siamban_checkpoint_close (checkpoint);
  return TRUE;
}

/* A scratch file of those bytes, and its descriptor. */
static char *
open_scratch (const GByteArray *bytes, int *fd)
{
  char *path = scratch_new ();

  scratch_fill (path, bytes->data, bytes->len);
  *fd = g_open (path, O_RDWR, 0);
  g_assert_cmpint (*fd, >=, 0);
  return path;
}

static void
poke (int fd, gsize at, guint8 byte)
{
  g_assert_cmpint (pwrite (fd, &byte, 1, at), ==, 1);
}

static void
test_truncated (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = fixture_bytes (name);
  int fd;
  char *path = open_scratch (bytes, &fd);

  for (gsize size = bytes->len; size-- > 0;) {
    g_assert_cmpint (ftruncate (fd, size), ==, 0);
    g_assert_false (open_any (path));
  }
  g_close (fd, NULL);
  scratch_free (path);
}

static void
test_flipped (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = fixture_bytes (name);
  int fd;
  char *path = open_scratch (bytes, &fd);

  for (gsize at = 0; at < bytes->len; at++) {
    for (guint bit = 0; bit < 8; bit++) {
      poke (fd, at, bytes->data[at] ^ 1 << bit);
      open_any (path);
    }
    poke (fd, at, bytes->data[at]);
  }
  g_close (fd, NULL);
  scratch_free (path);
}

/* One to eight bytes become others, telling ones more often than not. */
static void
mutate (int fd, const GByteArray *bytes)
{
  static const guint8 telling[] = {0, 1, 0x7f, 0x80, 0xff, '.', '(', ')', 't',
      'R', 'Q', 'h', 'q', 'K', 'J', 'X', '}', ']', '"', '['};
  guint n = g_test_rand_int_range (1, 9);

  for (guint i = 0; i < n; i++) {
    gsize at = g_test_rand_int_range (0, bytes->len);
    guint pick = g_test_rand_int_range (0, 2 * G_N_ELEMENTS (telling));

    if (pick < G_N_ELEMENTS (telling))
      poke (fd, at, telling[pick]);
    else
      poke (fd, at, bytes->data[g_test_rand_int_range (0, bytes->len)]);
  }
}

/* The seed is what g_test prints; --seed runs it again. */
static void
test_fuzzed (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = fixture_bytes (name);
  guint n_rounds = g_test_thorough () ? 50 * N_ROUNDS : N_ROUNDS;
  int fd;
  char *path = open_scratch (bytes, &fd);

  for (guint i = 0; i < n_rounds; i++) {
    mutate (fd, bytes);
    open_any (path);
    g_assert_cmpint (pwrite (fd, bytes->data, bytes->len, 0), ==, bytes->len);
  }
  g_close (fd, NULL);
  scratch_free (path);
}

static void
add (const char *group, const char *const *names, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *path = g_strdup_printf ("/mutated/%s/%s", group, names[i]);

    g_test_add_data_func (path, names[i], test);
  }
}

int
main (int argc, char **argv)
{
  static const char *const tiny[] = {
      "tiny.pth", "tiny-legacy.pth", "tiny.safetensors"};
  static const char *const small[] = {"small.pth", "small-legacy.pth",
      "small.safetensors", "small-zip64.pth", "wrapped-legacy.pth"};

  g_test_init (&argc, &argv, NULL);
  add ("truncated", tiny, G_N_ELEMENTS (tiny), test_truncated);
  add ("truncated", small, G_N_ELEMENTS (small), test_truncated);
  add ("flipped", tiny, G_N_ELEMENTS (tiny), test_flipped);
  add ("flipped", small + 1, 2, test_flipped);
  add ("fuzzed", small, G_N_ELEMENTS (small), test_fuzzed);
  return g_test_run ();
}
