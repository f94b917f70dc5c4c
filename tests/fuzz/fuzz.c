/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sanitizer/allocator_interface.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAX_SECONDS 1.0
#define MAX_GROWTH  16
#define FREE_BYTES  ((size_t)8 << 20)

static size_t taken, most;
static clock_t start;

/* The sanitizer's allocator tells of each block. */
static void
note_malloc (const volatile void *block, size_t size)
{
  (void)size;
  taken += __sanitizer_get_allocated_size (block);
  if (taken > most)
    most = taken;
}

static void
note_free (const volatile void *block)
{
  size_t size = __sanitizer_get_allocated_size (block);

  taken -= size < taken ? size : taken;
}

const char *
fuzz_file (const uint8_t *data, size_t size)
{
  static char path[40];
  static int fd = -1;

  if (fd < 0) {
    fd = memfd_create ("input", MFD_CLOEXEC);
    g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    __sanitizer_install_malloc_and_free_hooks (note_malloc, note_free);
  }
  if (ftruncate (fd, 0) < 0 || pwrite (fd, data, size, 0) != (ssize_t)size)
    abort ();
  return path;
}

void
fuzz_begin (void)
{
  taken = most = 0;
  start = clock ();
}

void
fuzz_end (size_t size)
{
  double seconds = (double)(clock () - start) / CLOCKS_PER_SEC;

  if (seconds > MAX_SECONDS) {
    g_printerr ("fuzz: %zu bytes took %.2f s\n", size, seconds);
    abort ();
  }
  if (most > MAX_GROWTH * size + FREE_BYTES) {
    g_printerr ("fuzz: %zu bytes took %zu of memory\n", size, most);
    abort ();
  }
}

void
fuzz_check_text (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    abort ();
  for (; *text; text++)
    if ((guchar)*text < ' ' || *text == 0x7f)
      abort ();
}

void
fuzz_check_error (GError **error)
{
  if (!*error)
    abort ();
  fuzz_check_text ((*error)->message);
  g_clear_error (error);
}
