/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pickles.h"
#include "support.h"

#include <stdio.h>
#include <time.h>

/* Small files that were made to cost much: what docs/loading.md promises of
 * time and memory. The limit of time is a thousand times what it takes, and a
 * tenth of what it took where it went with the square of the file. */
#define MAX_SECONDS 5
#define MAX_GROWTH  16
#define FREE_BYTES  (8 << 20)

/* Sanitizers keep memory of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_MEMORY 0
#elif defined(__has_feature)
#define COUNTS_MEMORY                                                          \
  (!__has_feature (address_sanitizer) && !__has_feature (thread_sanitizer))
#else
#define COUNTS_MEMORY 1
#endif

/* Bytes under @key of this process's status, 0 where there is none. */
static guint64
read_status (const char *key)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, key);
  return line ? g_ascii_strtoull (line + strlen (key), NULL, 10) * 1024 : 0;
}

/* From here on the peak is what is taken now. */
static void
forget_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (!file)
    return;
  fputs ("5", file);
  fclose (file);
}

/* Opens the file, however that ends, with @part in the error if there is one.
 */
static void
check_cost (const GByteArray *bytes, const char *part)
{
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;
  guint64 before;
  clock_t start;

  scratch_fill (path, bytes->data, bytes->len);
  forget_peak ();
  before = read_status ("VmHWM:");
  start = clock ();
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_cmpfloat (
      (double)(clock () - start) / CLOCKS_PER_SEC, <, MAX_SECONDS);
  if (COUNTS_MEMORY)
    g_assert_cmpuint (read_status ("VmHWM:") - before, <=,
        MAX_GROWTH * (guint64)bytes->len + FREE_BYTES);
  if (part) {
    g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CHECKPOINT);
    g_assert_nonnull (strstr (error->message, part));
  } else {
    g_assert_no_error (error);
    siamban_checkpoint_close (checkpoint);
  }
  scratch_free (path);
}

static void
append (GByteArray *bytes, const void *text, gsize size)
{
  g_byte_array_append (bytes, text, size);
}

#define APPEND(bytes, text) append (bytes, text, sizeof text - 1)

static void
append_le32 (GByteArray *bytes, guint32 number)
{
  append (bytes, &number, sizeof number);
}

/* The @index-th of many texts of 34 bytes that are one to g_str_hash(): "ab"
 * and "bA" are. */
static void
append_colliding (GByteArray *bytes, guint index)
{
  for (guint bit = 0; bit < 17; bit++)
    append (bytes, index >> bit & 1 ? "bA" : "ab", 2);
}

/* One long name, kept in the memo, for each of 40,000 entries. */
static void
test_name_from_memo (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *name = g_strnfill (50000, 'n');

  APPEND (bytes, PREAMBLE "}(X");
  append_le32 (bytes, 50000);
  append (bytes, name, 50000);
  APPEND (bytes, "q\1" VECTOR "q\2");
  for (guint i = 1; i < 40000; i++)
    APPEND (bytes, "h\1h\2");
  APPEND (bytes, "u." STORAGES);
  check_cost (bytes, "is there more than once");
}

/* A storage's key of 1 MB that each of 30,000 tensors names. */
static void
test_long_key (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *key = g_strnfill (1000000, '0');

  APPEND (bytes, PREAMBLE "}((X\7\0\0\0storagectorch\nFloatStorage\nX");
  append_le32 (bytes, 1000000);
  append (bytes, key, 1000000);
  APPEND (bytes, "X\3\0\0\0cpuK\2tq\1Q");
  for (guint i = 1; i < 30000; i++)
    APPEND (bytes, "h\1Q");
  APPEND (bytes, "u." STORAGES);
  check_cost (bytes, "persistent id");
}

/* 20,000 names in a state_dict that are one to a plain hash. */
static void
test_colliding_tensors (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  APPEND (bytes, PREAMBLE "}(X\1\0\0\0w" VECTOR "q\1");
  for (guint i = 0; i < 20000; i++) {
    APPEND (bytes, "X\42\0\0\0");
    append_colliding (bytes, i);
    APPEND (bytes, "h\1");
  }
  APPEND (bytes, "u." STORAGES);
  check_cost (bytes, NULL);
}

static GByteArray *
header_bytes (const char *head, guint n, const char *value, const char *tail)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();

  append (header, head, strlen (head));
  for (guint i = 0; i < n; i++) {
    append (header, i ? ",\"" : "\"", i ? 2 : 1);
    append_colliding (header, i);
    append (header, value, strlen (value));
  }
  append (header, tail, strlen (tail));
  return safetensors_bytes ((const char *)header->data, header->len);
}

static void
test_colliding_metadata (void)
{
  g_autoptr (GByteArray) bytes =
      header_bytes ("{\"__metadata__\":{", 25000, "\":\"\"",
          "},\"w\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");

  check_cost (bytes, NULL);
}

static void
test_colliding_members (void)
{
  g_autoptr (GByteArray) bytes = header_bytes ("{", 10000,
      "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}", "}");

  check_cost (bytes, NULL);
}

/* One entry at the start of the file, and directory records of it. */
static GByteArray *
zip_bytes (guint n, gsize name_size, gboolean same)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *pad = g_strnfill (name_size, 'p');
  gsize start;

  APPEND (bytes, "PK\3\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
  start = bytes->len;
  for (guint i = 0; i < n; i++) {
    guint16 length = 34 + name_size;

    APPEND (bytes, "PK\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    append (bytes, &length, 2);
    APPEND (bytes, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    append (bytes, pad, name_size);
    append_colliding (bytes, same ? 0 : i);
  }
  APPEND (bytes, "PK\5\6\0\0\0\0");
  append (bytes, (guint16[]){n, n}, 4);
  append_le32 (bytes, bytes->len - 12 - start);
  append_le32 (bytes, start);
  APPEND (bytes, "\0\0");
  return bytes;
}

static void
test_colliding_zip (void)
{
  g_autoptr (GByteArray) many = zip_bytes (60000, 0, FALSE);
  g_autoptr (GByteArray) longs = zip_bytes (400, 20000, FALSE);
  g_autoptr (GByteArray) twice = zip_bytes (60000, 0, TRUE);

  check_cost (many, "there is no */data.pkl");
  check_cost (longs, "there is no */data.pkl");
  check_cost (twice, "is there twice");
}

/* Values of one byte each. */
static void
test_many_values (void)
{
  static const char *const opcodes[] = {")", "]", "}", "N", "\x8f", "("};

  for (guint i = 0; i < G_N_ELEMENTS (opcodes); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    APPEND (bytes, PREAMBLE);
    for (guint k = 0; k < 1000000; k++)
      append (bytes, opcodes[i], 1);
    check_cost (bytes, "the pickle");
  }
}

/* Calls of as many different unknown functions. */
static void
test_many_globals (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  APPEND (bytes, PREAMBLE);
  for (guint i = 0; i < 30000; i++) {
    APPEND (bytes, "c");
    append_colliding (bytes, i);
    APPEND (bytes, "\nf\n");
  }
  check_cost (bytes, "the pickle");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cost/name-from-memo", test_name_from_memo);
  g_test_add_func ("/cost/long-key", test_long_key);
  g_test_add_func ("/cost/colliding-tensors", test_colliding_tensors);
  g_test_add_func ("/cost/colliding-metadata", test_colliding_metadata);
  g_test_add_func ("/cost/colliding-members", test_colliding_members);
  g_test_add_func ("/cost/colliding-zip", test_colliding_zip);
  g_test_add_func ("/cost/many-values", test_many_values);
  g_test_add_func ("/cost/many-globals", test_many_globals);
  return g_test_run ();
}
