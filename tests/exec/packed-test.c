/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "exec/exec.h"
#include "support/store.h"

#define SIDE 31

/* A small network, its checkpoint, and where its packed weights are kept. */
typedef struct
{
  SiambanGraph *graph;
  TestStore *store;
  SiambanCheckpoint *checkpoint;
  guint8 *pixels;
  char *dir, *path;
} Fixture;

static SiambanGraph *
small_graph (void)
{
  SiambanGraph *g = siamban_graph_new ();
  SiambanMap x = siamban_graph_image (g, SIDE);

  x = siamban_graph_conv (g, x,
      &(SiambanConvSpec){
          .name = "stem", .bn = "bn", .out = 24, .kernel = 3, .stride = 2});
  x = siamban_graph_conv (g, x,
      &(SiambanConvSpec){.name = "point", .out = 40, .act = SIAMBAN_ACT_RELU});
  x = siamban_graph_conv (g, x,
      &(SiambanConvSpec){
          .name = "depth", .out = 40, .kernel = 3, .depthwise = TRUE});
  x = siamban_graph_conv (
      g, x, &(SiambanConvSpec){.name = "cube", .out = 17, .kernel = 3});
  siamban_graph_output (g, x);
  return g;
}

static Fixture
fixture_new (void)
{
  Fixture f = {.graph = small_graph (), .store = test_store_new ()};

  test_store_add_graph (f.store, f.graph);
  test_store_set_metadata (f.store, SIAMBAN_RANGES_KEY,
      "{\"stem\": null, \"point\": [-40, 50], \"depth\": null, "
      "\"cube\": [-9, 9]}");
  f.checkpoint = test_store_open (f.store);
  f.pixels = g_malloc (3 * SIDE * SIDE);
  for (int i = 0; i < 3 * SIDE * SIDE; i++)
    f.pixels[i] = g_test_rand_int_range (0, 256);
  f.dir = g_dir_make_tmp ("siamban-packed-XXXXXX", NULL);
  f.path = g_build_filename (f.dir, "file", NULL);
  return f;
}

/* Fails the test where temporary files were left. */
static void
fixture_clear (Fixture *f)
{
  g_remove (f->path);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  siamban_checkpoint_close (f->checkpoint);
  test_store_free (f->store);
  siamban_graph_free (f->graph);
  g_free (f->pixels);
  g_free (f->dir);
  g_free (f->path);
}

static float *
run (const Fixture *f, const SiambanProgram *program, gsize *size)
{
  const guint8 *pixels = f->pixels;

  *size = siamban_program_output_size (program, 0) * sizeof (float);
  float *out = g_malloc (*size);
  SiambanRun run = {.n = 1, .pixels = &pixels, .outputs = &out};
  SiambanWorkspace *workspace = siamban_workspace_new ();
  SiambanTeam *team = siamban_team_acquire (1);
  siamban_program_run (program, &run, workspace, team);
  siamban_team_release (team);
  siamban_workspace_free (workspace);
  return out;
}

/* The network's output, with weights kept under @key, or not kept for NULL. */
static GBytes *
compute_as (const Fixture *f, SiambanCpu level, gboolean int8, const char *key)
{
  GError *error = NULL;
  SiambanWeights *weights = siamban_weights_new (f->checkpoint, level);
  gsize size;

  if (int8)
    siamban_weights_set_ranges (
        weights, siamban_ranges_read (f->checkpoint, NULL));
  siamban_weights_allow_8_bits (weights, int8);
  if (key)
    siamban_weights_set_packed (weights, siamban_packed_open (f->path, key));
  SiambanProgram *program = siamban_program_compile (f->graph, weights, &error);
  g_assert_no_error (error);
  siamban_weights_keep (weights);
  float *out = run (f, program, &size);
  siamban_program_free (program);
  siamban_weights_free (weights);
  return g_bytes_new_take (out, size);
}

static GBytes *
compute (const Fixture *f, SiambanCpu level, const char *key)
{
  return compute_as (f, level, FALSE, key);
}

static void
assert_computes (const Fixture *f, const char *key, GBytes *expected)
{
  GBytes *out = compute (f, siamban_cpu_level (), key);

  g_assert_true (g_bytes_equal (out, expected));
  g_bytes_unref (out);
}

static GBytes *
contents (const Fixture *f)
{
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (f->path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

static void
set_contents (const char *path, gconstpointer data, gsize size)
{
  g_assert_true (g_file_set_contents_full (
      path, data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static guint64
inode (const Fixture *f)
{
  GStatBuf st;

  g_assert_cmpint (g_stat (f->path, &st), ==, 0);
  return st.st_ino;
}

static void
check_round_trip (const Fixture *f, SiambanCpu level, gboolean int8)
{
  char *key = g_strdup_printf ("level %d, int8 %d", level, int8);
  GBytes *plain = compute_as (f, level, int8, NULL);
  GBytes *written = compute_as (f, level, int8, key);
  guint64 file = inode (f);
  GBytes *read = compute_as (f, level, int8, key);

  g_assert_cmpuint (inode (f), ==, file);
  g_assert_true (g_bytes_equal (written, plain));
  g_assert_true (g_bytes_equal (read, plain));
  g_bytes_unref (plain);
  g_bytes_unref (written);
  g_bytes_unref (read);
  g_free (key);
}

static void
test_round_trip (void)
{
  Fixture f = fixture_new ();

  for (SiambanCpu level = 0; level <= siamban_cpu_level (); level++) {
    check_round_trip (&f, level, FALSE);
    if (siamban_conv_has_int8 (level))
      check_round_trip (&f, level, TRUE);
  }
  fixture_clear (&f);
}

static void
test_other_key (void)
{
  Fixture f = fixture_new ();
  GBytes *plain = compute (&f, siamban_cpu_level (), NULL);

  assert_computes (&f, "one", plain);
  guint64 file = inode (&f);
  assert_computes (&f, "other", plain);
  g_assert_cmpuint (inode (&f), !=, file);
  g_bytes_unref (plain);
  fixture_clear (&f);
}

/* What is found must be packed anew, compute the same and be written again. */
static void
check_damaged (const Fixture *f, const guint8 *data, gsize size,
    GBytes *expected, GBytes *good)
{
  set_contents (f->path, data, size);
  assert_computes (f, "key", expected);
  GBytes *again = contents (f);
  g_assert_true (g_bytes_equal (again, good));
  g_bytes_unref (again);
}

static void
test_damaged (void)
{
  Fixture f = fixture_new ();
  GBytes *plain = compute (&f, siamban_cpu_level (), NULL);

  assert_computes (&f, "key", plain);
  GBytes *good = contents (&f);
  gsize size = g_bytes_get_size (good);
  guint8 *data = g_malloc0 (size + 1);
  memcpy (data, g_bytes_get_data (good, NULL), size);
  /* The header is in the first kilobyte. */
  for (gsize i = 0; i < size; i += i < 1024 ? 1 : size / 97) {
    data[i] ^= 1 << g_test_rand_int_range (0, 8);
    check_damaged (&f, data, size, plain, good);
    data[i] = ((const guint8 *)g_bytes_get_data (good, NULL))[i];
  }
  for (gsize n = 0; n < size; n += n < 64 ? 1 : size / 37)
    check_damaged (&f, data, n, plain, good);
  check_damaged (&f, data, size - 1, plain, good);
  check_damaged (&f, data, size + 1, plain, good);
  memset (data, 0, size);
  check_damaged (&f, data, size, plain, good);
  g_free (data);
  g_bytes_unref (good);
  g_bytes_unref (plain);
  fixture_clear (&f);
}

static const SiambanConvShape shape = {
    16, 16, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_NONE};

static gboolean
reads (const char *path)
{
  SiambanConv *conv =
      siamban_conv_new (siamban_cpu_level (), &shape, NULL, NULL);
  SiambanPacked *packed = siamban_packed_open (path, "key");
  gboolean is_there = siamban_packed_read (packed, "conv", conv);

  siamban_packed_close (packed);
  siamban_conv_free (conv);
  return is_there;
}

/* A file whose checksums are right, with @header and as many bytes as @conv has
 * and @more behind. */
static void
write_file (const char *path, const SiambanConv *conv, gconstpointer header,
    gsize header_size, int more)
{
  GByteArray *file = g_byte_array_new ();
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  const guint64 prelude[] = {G_GUINT64_CONSTANT (0x314b434150424953),
      SIAMBAN_PACKED_FORMAT, header_size, XXH3_64bits (header, header_size)};
  guint n = siamban_conv_parts (conv, parts);

  g_byte_array_append (file, (const guint8 *)prelude, sizeof prelude);
  g_byte_array_append (file, header, header_size);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (file, parts[i].data, parts[i].size);
  g_byte_array_set_size (file, file->len + more);
  set_contents (path, file->data, file->len);
  g_byte_array_unref (file);
}

static SiambanConv *
zero_conv (guint64 *sizes, guint64 *checksum)
{
  static const float zeros[16 * 16];
  SiambanConv *conv =
      siamban_conv_new (siamban_cpu_level (), &shape, zeros, zeros);
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  char *data = g_malloc0 (siamban_conv_size (conv));
  guint n = siamban_conv_parts (conv, parts);

  g_assert_cmpuint (n, ==, 2);
  for (guint i = 0; i < n; i++)
    sizes[i] = parts[i].size;
  *checksum = XXH3_64bits (data, siamban_conv_size (conv));
  g_free (data);
  return conv;
}

static GVariant *
header_of (const char *name, const char *algorithm, guint n,
    const guint64 *sizes, guint64 checksum)
{
  GVariantBuilder list, numbers;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ssatt)"));
  g_variant_builder_init (&numbers, G_VARIANT_TYPE ("at"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&numbers, "t", sizes[i]);
  g_variant_builder_add (&list, "(ssatt)", name, algorithm, &numbers, checksum);
  return g_variant_ref_sink (g_variant_new ("(sa(ssatt))", "key", &list));
}

static void
test_hostile (void)
{
  Fixture f = fixture_new ();
  guint64 a[2], checksum;
  SiambanConv *conv = zero_conv (a, &checksum);
  const char *name = siamban_conv_algorithm (conv);
  const struct
  {
    const char *name, *algorithm;
    guint64 sizes[6];
    guint n;
    int more;
    gboolean good;
  } cases[] = {
      {"conv", name, {a[0], a[1]}, 2, 0, TRUE},
      {"conv", name, {a[0], a[1]}, 2, 1, FALSE},
      {"conv", name, {a[0], a[1]}, 2, -1, FALSE},
      {"conv", "other", {a[0], a[1]}, 2, 0, FALSE},
      {"other", name, {a[0], a[1]}, 2, 0, FALSE},
      {"conv", name, {a[1], a[0]}, 2, 0, FALSE},
      {"conv", name, {a[0] + a[1]}, 1, 0, FALSE},
      {"conv", name, {a[0], a[1], 0}, 3, 0, FALSE},
      {"conv", name, {a[0], a[1], 0, 0, 0, 0}, 6, 0, FALSE},
      {"conv", name, {0}, 0, 0, FALSE},
      {"conv", name, {G_MAXUINT64, a[0] + a[1] + 1}, 2, 0, FALSE},
      {"conv", name, {a[0], G_MAXUINT64 - a[0] + 1, a[0] + a[1]}, 3, 0, FALSE},
      {"conv", name, {G_MAXUINT64 / 2, G_MAXUINT64 / 2}, 2, 0, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GVariant *header = header_of (cases[i].name, cases[i].algorithm, cases[i].n,
        cases[i].sizes, checksum);

    write_file (f.path, conv, g_variant_get_data (header),
        g_variant_get_size (header), cases[i].more);
    g_assert_cmpint (reads (f.path), ==, cases[i].good);
    g_variant_unref (header);
  }
  siamban_conv_free (conv);
  fixture_clear (&f);
}

/* Headers that are wrong under right checksums. */
static void
test_mutated (void)
{
  Fixture f = fixture_new ();
  guint64 sizes[2], checksum;
  SiambanConv *conv = zero_conv (sizes, &checksum);
  GVariant *header =
      header_of ("conv", siamban_conv_algorithm (conv), 2, sizes, checksum);
  gsize size = g_variant_get_size (header);

  for (int i = 0; i < 3000; i++) {
    guint8 *data = g_memdup2 (g_variant_get_data (header), size);
    gsize n = size;

    if (g_test_rand_int_range (0, 4) == 0)
      n = g_test_rand_int_range (0, size);
    for (int k = g_test_rand_int_range (1, 5); k > 0; k--)
      data[g_test_rand_int_range (0, size)] = g_test_rand_int_range (0, 256);
    write_file (f.path, conv, data, n, 0);
    gboolean same =
        n == size && memcmp (data, g_variant_get_data (header), n) == 0;
    g_assert_cmpint (reads (f.path), ==, same);
    g_free (data);
  }
  g_variant_unref (header);
  siamban_conv_free (conv);
  fixture_clear (&f);
}

static void
test_huge_header (void)
{
  Fixture f = fixture_new ();
  const guint64 sizes[] = {0, 1 << 20, (guint64)1 << 40, G_MAXUINT64};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 prelude[] = {G_GUINT64_CONSTANT (0x314b434150424953),
        SIAMBAN_PACKED_FORMAT, sizes[i], XXH3_64bits (NULL, 0)};

    set_contents (f.path, prelude, sizeof prelude);
    g_assert_false (reads (f.path));
  }
  fixture_clear (&f);
}

static void
test_not_a_file (void)
{
  Fixture f = fixture_new ();
  GBytes *plain = compute (&f, siamban_cpu_level (), NULL);

  g_assert_cmpint (mkfifo (f.path, 0600), ==, 0);
  g_test_expect_message ("siamban", G_LOG_LEVEL_WARNING, "*are not kept*");
  assert_computes (&f, "key", plain);
  g_test_assert_expected_messages ();
  g_assert_false (g_file_test (f.path, G_FILE_TEST_IS_REGULAR));
  g_remove (f.path);
  g_mkdir (f.path, 0700);
  g_test_expect_message ("siamban", G_LOG_LEVEL_WARNING, "*are not kept*");
  assert_computes (&f, "key", plain);
  g_test_assert_expected_messages ();
  g_bytes_unref (plain);
  fixture_clear (&f);
}

/* Numbers that are the same in every run. */
static float *
fixed_floats (gsize n)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float)((i * 2654435761u >> 8) % 2001) / 1000 - 1;
  return values;
}

static SiambanConv *
fixed_conv (SiambanCpu level, gboolean int8, const SiambanConvShape *s)
{
  const SiambanRange range = {-1, 3};
  float *weight = fixed_floats ((gsize)s->in * s->out * s->kernel * s->kernel);
  float *bias = fixed_floats (s->out);
  SiambanConv *conv =
      int8 ? siamban_conv_new_int8 (level, s, &range, weight, bias)
           : siamban_conv_new (level, s, weight, bias);

  g_free (weight);
  g_free (bias);
  return conv;
}

static void
add_packed (XXH3_state_t *state, const SiambanConv *conv)
{
  SiambanPart parts[SIAMBAN_MAX_PARTS];
  guint n = conv ? siamban_conv_parts (conv, parts) : 0;

  for (guint i = 0; i < n; i++)
    XXH3_64bits_update (state, parts[i].data, parts[i].size);
}

static guint64
packed_sum (SiambanCpu level, gboolean int8)
{
  static const SiambanConvShape shapes[] = {
      {3, 24, 7, 2, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU},
      {40, 24, 1, 1, 0, 1, FALSE, FALSE, SIAMBAN_ACT_RELU},
      {24, 40, 3, 2, 1, 1, FALSE, FALSE, SIAMBAN_ACT_NONE},
      {37, 19, 3, 1, 2, 2, FALSE, TRUE, SIAMBAN_ACT_RELU},
      {20, 20, 5, 1, 2, 1, TRUE, FALSE, SIAMBAN_ACT_HARDSWISH},
  };
  XXH3_state_t *state = XXH3_createState ();

  XXH3_64bits_reset (state);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    if (int8 && shapes[i].depthwise)
      continue;
    SiambanConv *conv = fixed_conv (level, int8, &shapes[i]);
    add_packed (state, conv);
    siamban_conv_free (conv);
  }
  guint64 sum = XXH3_64bits_digest (state);
  XXH3_freeState (state);
  return sum;
}

/* Where this fails, weights are packed in another way than files were written
 * in: SIAMBAN_PACKED_FORMAT must go up, and the new sums be noted here. */
static void
test_format (void)
{
  static const struct
  {
    SiambanCpu level;
    gboolean int8;
    guint64 sum;
  } cases[] = {
      {SIAMBAN_CPU_C, FALSE, G_GUINT64_CONSTANT (0xa9b90fb137adc948)},
      {SIAMBAN_CPU_AVX2, FALSE, G_GUINT64_CONSTANT (0x3a15c6151ff092a8)},
      {SIAMBAN_CPU_AVX2, TRUE, G_GUINT64_CONSTANT (0xcf67af0a57c16ac1)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].level > siamban_cpu_level ())
      continue;
    guint64 sum = packed_sum (cases[i].level, cases[i].int8);
    g_test_message ("%s, int8 %d: %" G_GINT64_MODIFIER "x",
        siamban_cpu_name (cases[i].level), cases[i].int8, sum);
    g_assert_cmphex (sum, ==, cases[i].sum);
  }
}

typedef struct
{
  const Fixture *f;
  GBytes *expected;
} Worker;

static gpointer
work (gpointer data)
{
  const Worker *worker = data;

  for (int i = 0; i < 60; i++) {
    assert_computes (worker->f, i % 7 ? "key" : "other", worker->expected);
    if (i % 5 == 0)
      g_unlink (worker->f->path);
  }
  return NULL;
}

static void
test_together (void)
{
  Fixture f = fixture_new ();
  Worker worker = {&f, compute (&f, siamban_cpu_level (), NULL)};
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("work", work, &worker);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_bytes_unref (worker.expected);
  fixture_clear (&f);
}

/* The tensors are looked at even if nothing of them is read. */
static void
test_missing_tensor (void)
{
  Fixture f = fixture_new ();
  GError *error = NULL;

  g_bytes_unref (compute (&f, siamban_cpu_level (), "key"));
  test_store_remove (f.store, "bn.running_var");
  SiambanCheckpoint *checkpoint = test_store_open (f.store);
  SiambanWeights *weights =
      siamban_weights_new (checkpoint, siamban_cpu_level ());
  siamban_weights_set_packed (weights, siamban_packed_open (f.path, "key"));
  g_assert_null (siamban_program_compile (f.graph, weights, &error));
  g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "bn.running_var"));
  g_error_free (error);
  siamban_weights_free (weights);
  siamban_checkpoint_close (checkpoint);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packed/round-trip", test_round_trip);
  g_test_add_func ("/packed/other-key", test_other_key);
  g_test_add_func ("/packed/damaged", test_damaged);
  g_test_add_func ("/packed/hostile", test_hostile);
  g_test_add_func ("/packed/mutated", test_mutated);
  g_test_add_func ("/packed/huge-header", test_huge_header);
  g_test_add_func ("/packed/not-a-file", test_not_a_file);
  g_test_add_func ("/packed/format", test_format);
  g_test_add_func ("/packed/together", test_together);
  g_test_add_func ("/packed/missing-tensor", test_missing_tensor);
  return g_test_run ();
}
