/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pickles.h"
#include "support.h"

/* What lies in real files beside what a network needs. */

typedef struct
{
  const char *name, *data;
  gsize size;
  const char *type; /* that "w" has, or what the error has in it */
} Case;

#define CASE(name, data, type)                                                 \
  {                                                                            \
    name, data, sizeof data - 1, type                                          \
  }

/* clang-format off */
#define EMPTY_TUPLE ")"
#define REBUILD(function, arguments) "ctorch._utils\n" function "\n" arguments "R"
#define OF_CLASS(class, count)                                                 \
  TENSOR (STORAGE (class, "0", count, "N"), "K\0", "K\1\x85", "K\1\x85")

/* Entries "w" of a state_dict that no network asks for; the storage that they
 * view has 8 bytes and as many elements as the class makes of it. */
static const Case entries[] = {
    CASE ("int32", OF_CLASS ("Int", "K\2"), "int32"),
    CASE ("none", "N", "None"),
    CASE ("text", "X\2\0\0\0v2", "str"),
    CASE ("number", "K\5", "int"),
    CASE ("float", "G\0\0\0\0\0\0\0\0", "float"),
    CASE ("set", "\x8f(K\1\x90", "set"),
    CASE ("float8", REBUILD ("_rebuild_tensor_v3",
        "(" PAIR "K\0K\2\x85K\1\x85\x89" "N" "ctorch\nfloat8_e4m3fn\nt"),
        "torch.float8_e4m3fn"),
    CASE ("quantised", REBUILD ("_rebuild_qtensor", "(" PAIR "K\0t"),
        "torch._utils._rebuild_qtensor"),
    CASE ("from-type", "ctorch._tensor\n_rebuild_from_type_v2\n(" CALL_REBUILD
        "ctorch.nn.parameter\nParameter\n(" PAIR "K\0K\2\x85K\1\x85t}tR",
        "float32"),
    CASE ("with-state", REBUILD ("_rebuild_parameter_with_state",
        "(" VECTOR "\x88}}t"), "float32"),
    CASE ("pytorch-0.3", REBUILD ("_rebuild_tensor",
        "(" PAIR "K\0K\2\x85K\1\x85t"), "float32"),
    CASE ("torch-size", REBUILD ("_rebuild_tensor",
        "(" PAIR "K\0" "ctorch\nSize\nK\2\x85\x85R" "K\1\x85t"), "float32"),
};

/* Values that lie under "optimizer" or the like. */
static const Case neighbours[] = {
    CASE ("counter", "ccollections\nCounter\n}(K\12K\1u\x85R", NULL),
    CASE ("set", "\x8f(K\1K\2\x90", NULL),
    CASE ("python-2-set", "c__builtin__\nset\n](K\1e\x85R", NULL),
    CASE ("frozenset", "(K\1\x91", NULL),
    CASE ("size", "ctorch\nSize\nK\2\x85\x85R", NULL),
    CASE ("dtype", "ctorch\nfloat32\n", NULL),
    CASE ("device", "ctorch\ndevice\nX\3\0\0\0cpu\x85R", NULL),
    CASE ("complex", "c__builtin__\ncomplex\nG\0\0\0\0\0\0\0\0"
        "G\0\0\0\0\0\0\0\0\x86R", NULL),
    CASE ("array", "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n"
        "K\0\x85" "C\1btR(K\1K\2\x85" "cnumpy\ndtype\nC\2f4\x85R\x89" "C\1xtb",
        NULL),
    CASE ("defaultdict", "ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R"
        "(K\1K\2u", NULL),
    CASE ("deque", "ccollections\ndeque\n)RK\1a(K\2K\3e", NULL),
    CASE ("namespace", "cargparse\nNamespace\n)\x81}X\1\0\0\0aK\1sb", NULL),
    CASE ("named-arguments", "cx\nY\n)}\x92", NULL),
    CASE ("path", "cpathlib\nPosixPath\nX\1\0\0\0/\x85R", NULL),
    CASE ("bytearray", "\x96\2\0\0\0\0\0\0\0ab", NULL),
    CASE ("bound-method", "cgetattr\nx\nK\1\x85R)R", NULL),
    CASE ("recursive-tuple", "](K\1K\2" "10K\1", NULL),
    CASE ("class-kept-elsewhere", "(X\6\0\0\0modulecx\nNet\nX\1\0\0\0aX\1\0\0\0"
        "btQ", NULL),
    CASE ("call-of-shell", "cos\nsystem\nX\23\0\0\0touch /tmp/siamban-"
        "\x85R", NULL),
};
/* clang-format on */

static void
append (GByteArray *bytes, const char *text, gsize size)
{
  g_byte_array_append (bytes, (const guint8 *)text, size);
}

#define APPEND(bytes, text) append (bytes, text, sizeof text - 1)

static SiambanCheckpoint *
open_bytes (const GByteArray *bytes)
{
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;

  scratch_fill (path, bytes->data, bytes->len);
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_no_error (error);
  scratch_free (path);
  return checkpoint;
}

/* The entry "w" lies beside a fine one, "v", and the storage of both. */
static void
test_entry (gconstpointer data)
{
  const Case *entry = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (SiambanCheckpoint) checkpoint = NULL;
  const SiambanTensor *tensor;
  float value[2];

  APPEND (bytes, PREAMBLE "}(X\1\0\0\0w");
  append (bytes, entry->data, entry->size);
  APPEND (bytes, "X\1\0\0\0v" VECTOR "u." STORAGES);
  checkpoint = open_bytes (bytes);
  tensor = siamban_checkpoint_find (checkpoint, "w");
  g_assert_nonnull (tensor);
  g_assert_cmpstr (tensor->type, ==, entry->type);
  tensor = siamban_checkpoint_find (checkpoint, "v");
  g_assert_nonnull (tensor);
  g_assert_true (siamban_tensor_read_f32 (tensor, value, NULL));
  g_assert_cmpfloat (value[0], ==, 1);
  g_assert_cmpfloat (value[1], ==, 2);
}

static SiambanCheckpoint *
open_beside (const Case *neighbour, const char *key)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 length = strlen (key);

  APPEND (bytes, PREAMBLE "}(X\1\0\0\0x");
  append (bytes, neighbour->data, neighbour->size);
  APPEND (bytes, "X");
  append (bytes, (const char *)&length, 4);
  append (bytes, key, length);
  APPEND (bytes, STATE (VECTOR));
  g_byte_array_set_size (bytes, bytes->len - 1);
  APPEND (bytes, "u." STORAGES);
  return open_bytes (bytes);
}

static void
test_neighbour (gconstpointer data)
{
  g_autoptr (SiambanCheckpoint) checkpoint = open_beside (data, "state_dict");

  g_assert_cmpuint (siamban_checkpoint_n_tensors (checkpoint), ==, 1);
  g_assert_nonnull (siamban_checkpoint_find (checkpoint, "w"));
}

static void
test_keys (void)
{
  static const char *const keys[] = {
      "state_dict", "model_state_dict", "model", "net", "network"};

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (SiambanCheckpoint) checkpoint =
        open_beside (&neighbours[0], keys[i]);

    g_assert_nonnull (siamban_checkpoint_find (checkpoint, "w"));
    g_assert_null (siamban_checkpoint_find (checkpoint, "x"));
  }
}

static void
test_foreign (void)
{
  const Case *shell = &neighbours[G_N_ELEMENTS (neighbours) - 1];
  g_autoptr (SiambanCheckpoint) checkpoint = open_beside (shell, "state_dict");
  const char *const *foreign = siamban_checkpoint_foreign (checkpoint);

  g_assert_cmpstr (foreign[0], ==, "os.system");
  g_assert_null (foreign[1]);
}

/* Writes zeros under each of @names, NULL-terminated, and opens that. */
static SiambanCheckpoint *
open_named (const char *const *names)
{
  const float zero = 0;
  SiambanTensorSource sources[8];
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;
  guint n = 0;

  for (; names[n]; n++)
    sources[n] = (SiambanTensorSource){.name = names[n], .data = &zero};
  siamban_safetensors_write (path, sources, n, NULL, &error);
  g_assert_no_error (error);
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_no_error (error);
  scratch_free (path);
  return checkpoint;
}

static void
test_prefixes (void)
{
  static const struct
  {
    const char *names[4], *wanted[4];
  } cases[] = {
      {{"model.a", "model.b"}, {"a", "b"}},
      {{"_orig_mod.a", "_orig_mod.b.c"}, {"a", "b.c"}},
      {{"module.module.a"}, {"a"}},
      {{"_orig_mod.module.model.a", "total_ops"}, {"a", "total_ops"}},
      {{"module.a", "b"}, {"a", "b"}},
      {{"module.a", "a"}, {"module.a", "a"}},
      {{"module."}, {"module."}},
      {{"models.a", "modules.b"}, {"models.a", "modules.b"}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SiambanCheckpoint) checkpoint = open_named (cases[i].names);

    for (guint k = 0; cases[i].wanted[k]; k++) {
      const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, k);

      g_assert_cmpstr (tensor->name, ==, cases[i].wanted[k]);
      g_assert_true (
          siamban_checkpoint_find (checkpoint, tensor->name) == tensor);
    }
  }
}

/* Every type that a float can be read from. */
static void
test_numbers (void)
{
  const double f64[] = {-2.5, 1e-3};
  const gint32 i32[] = {-7, 8};
  const gint16 i16[] = {-300, 2};
  const gint8 i8[] = {-3, 4};
  const guint8 u8[] = {200, 1};
  const guint16 u16[] = {65535, 1};
  const guint32 u32[] = {4000000000u, 1};
  const guint64 u64[] = {1, 2};
  const SiambanTensorSource sources[] = {
      {"f64", SIAMBAN_DTYPE_F64, 1, {2}, f64, NULL},
      {"i32", SIAMBAN_DTYPE_I32, 1, {2}, i32, NULL},
      {"i16", SIAMBAN_DTYPE_I16, 1, {2}, i16, NULL},
      {"i8", SIAMBAN_DTYPE_I8, 1, {2}, i8, NULL},
      {"u8", SIAMBAN_DTYPE_U8, 1, {2}, u8, NULL},
      {"u16", SIAMBAN_DTYPE_U16, 1, {2}, u16, NULL},
      {"u32", SIAMBAN_DTYPE_U32, 1, {2}, u32, NULL},
      {"u64", SIAMBAN_DTYPE_U64, 1, {2}, u64, NULL},
      {"bool", SIAMBAN_DTYPE_BOOL, 1, {2}, i8 + 1, NULL},
      {"f8", SIAMBAN_DTYPE_F8_E5M2, 1, {2}, i8, NULL},
      {"c64", SIAMBAN_DTYPE_C64, 1, {1}, f64, NULL},
  };
  const float wanted[][2] = {{-2.5f, 1e-3f}, {-7, 8}, {-300, 2}, {-3, 4},
      {200, 1}, {65535, 1}, {4000000000.f, 1}, {1, 2}};
  char *path = scratch_new ();
  g_autoptr (GError) error = NULL;
  SiambanCheckpoint *checkpoint;

  siamban_safetensors_write (
      path, sources, G_N_ELEMENTS (sources) - 3, NULL, &error);
  g_assert_no_error (error);
  checkpoint = siamban_checkpoint_open (path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    float value[2];

    g_assert_true (siamban_tensor_read_f32 (tensor, value, NULL));
    g_assert_cmpmem (value, sizeof value, wanted[i], sizeof wanted[i]);
    g_assert_cmpint (tensor->dtype, ==, sources[i].dtype);
  }
  siamban_checkpoint_close (checkpoint);
  scratch_free (path);
}

/* Files that people have in place of the one they meant. */
static const Case forms[] = {
    CASE ("empty", "", "an empty file"),
    CASE ("lfs",
        "version https://git-lfs.github.com/spec/v1\noid sha256:94\nsize 4\n",
        "a Git LFS pointer"),
    CASE ("page", "\xef\xbb\xbf\n<!DOCTYPE html><html>", "a web page"),
    CASE ("xml", "<Error><Code>AccessDenied</Code></Error>", "a web page"),
    CASE ("json", "{\"message\": \"Not Found\"}", "JSON text"),
    CASE ("text", "Quota exceeded for this file\n", "a text file"),
    CASE ("gzip", "\x1f\x8b\x8\0\0\0\0\0\0\3", "compressed by gzip"),
    CASE ("hdf5", "\x89HDF\r\n\x1a\n\0\0", "an HDF5 file"),
    CASE ("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0", "nothing but zeros"),
    CASE ("noise", "\1\2\3\4\5\6\7\x8\x9", "of no form that is known"),
};

static void
test_form (gconstpointer data)
{
  const Case *form = data;
  char *path = scratch_new ();

  scratch_fill (path, form->data, form->size);
  open_badly (path, SIAMBAN_ERROR_CHECKPOINT, form->type);
  scratch_free (path);
}

static void
test_tar (void)
{
  char *path = scratch_new ();
  guint8 tar[512] = "storages";

  memcpy (tar + 257, "ustar", 5);
  scratch_fill (path, tar, sizeof tar);
  open_badly (path, SIAMBAN_ERROR_CHECKPOINT, "as PyTorch 0.1 wrote them");
  scratch_free (path);
}

static void
add_cases (const char *group, const Case *cases, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *path =
        g_strdup_printf ("/lenient/%s/%s", group, cases[i].name);

    g_test_add_data_func (path, &cases[i], test);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ("entry", entries, G_N_ELEMENTS (entries), test_entry);
  add_cases (
      "neighbour", neighbours, G_N_ELEMENTS (neighbours), test_neighbour);
  add_cases ("form", forms, G_N_ELEMENTS (forms), test_form);
  g_test_add_func ("/lenient/form/tar", test_tar);
  g_test_add_func ("/lenient/keys", test_keys);
  g_test_add_func ("/lenient/foreign", test_foreign);
  g_test_add_func ("/lenient/prefixes", test_prefixes);
  g_test_add_func ("/lenient/numbers", test_numbers);
  return g_test_run ();
}
