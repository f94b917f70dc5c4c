/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pickles.h"
#include "support.h"

typedef struct
{
  const char *name;
  const char *data;
  gsize size;
  const char *part; /* of the error, or NULL: the file is well-formed */
} Case;

#define CASE(name, data, part)                                                 \
  {                                                                            \
    name, data, sizeof data - 1, part                                          \
  }

#define NEGATIVE "J\xff\xff\xff\xff"
#define HUGE     "\x8a\x08\0\0\0\0\0\0\0\x40" /* 1 << 62 */
#define BEYOND   "\x8a\x09\0\0\0\0\0\0\0\0\1" /* 1 << 64 */

/* States of a legacy file, in front of STORAGES. */
/* clang-format off */
static const Case states[] = {
    CASE ("vector", STATE (VECTOR), NULL),
    CASE ("os.system", "cos\nsystem\nX\4\0\0\0true\x85R.",
        "found os.system"),
    CASE ("stack-global", "\x8c\2os\x8c\6system\x93.", "found os.system"),
    CASE ("whole-model", "cmy.models\nNet\n)\x81}b.",
        "found my.models.Net: a whole model"),
    CASE ("escapes", "ca\x1b[31m\nb\xff\n)R.", "found a\\033[31m.b\\377:"),
    CASE ("eval-in-optimizer",
        "}X\1\0\0\0o" "c__builtin__\neval\nX\1\0\0\0" "1" "\x85Rs.",
        "no tensors"),
    CASE ("inst", "(ios\nsystem\n.", "(INST)"),
    CASE ("newobj", "ccollections\nOrderedDict\n)\x81.", "no tensors"),
    CASE ("ext", "\x82\1.", "(EXT1)"),
    CASE ("dup", "]2.", "(DUP)"),
    CASE ("pop", "]0.", "without one result"),
    CASE ("persid", "P1\n.", "(PERSID)"),
    CASE ("unknown", "\xff.", "0xff (unknown)"),
    CASE ("protocol", "\x80\6}.", "pickle protocol 6"),
    CASE ("call-a-string", "X\1\0\0\0a)R.", "has str in place of the global"),
    CASE ("call-a-storage", "ctorch\nFloatStorage\n)R.",
        "calls torch.FloatStorage wrongly"),
    CASE ("arguments", "ccollections\nOrderedDict\n]R.",
        "has list in place of the tuple of arguments"),
    CASE ("parameter", "ctorch._utils\n_rebuild_parameter\n)R.", "wrongly"),
    CASE ("parameter-of-int",
        "ctorch._utils\n_rebuild_parameter\nK\1\x85R.", "has int in place"),
    CASE ("underflow", "a.", "more values than it has made"),
    CASE ("below-mark", "](K\1a.", "more values than it has made"),
    CASE ("no-mark", "}u.", "a mark it has not made"),
    CASE ("odd-items", "}(K\1u.", "a key without a value"),
    CASE ("append-to-dict", "}K\1a.", "has dict in place of the list"),
    CASE ("append-to-tuple", ")K\1a.", "has tuple in place of the list"),
    CASE ("build", "K\1}b.", "whose state is set"),
    CASE ("two-results", "}}.", "without one result"),
    CASE ("open-mark", "}(.", "without one result"),
    CASE ("no-result", ".", "without one result"),
    CASE ("memo-unset", "h\0.", "never kept"),
    CASE ("memo-gap", "}q\2h\1.", "never kept"),
    CASE ("memo-ahead", "}q\3.", "memo index 3"),
    CASE ("memo-huge", "}r\xff\xff\xff\xff.", "too large"),
    CASE ("put-nothing", "q\0.", "more values than it has made"),
    CASE ("text-huge", "X\xff\xff\xff\xff" "a.", "cut off"),
    CASE ("text8-huge", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff" "a.", "cut off"),
    CASE ("bytes8-huge", "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f" "a.",
        "cut off"),
    CASE ("long-huge", "\x8b\xff\xff\xff\xff" "a.", "cut off"),
    CASE ("frame-lies", "\x95\0\0\0\0\0\1\0\0}.", "cut off"),
    CASE ("id-int", "K\1Q.", "found an object that is kept elsewhere"),
    CASE ("id-module", "(X\6\0\0\0modulectorch\nFloatStorage\nX\1\0\0\0" "0"
        "X\3\0\0\0cpuK\2tQ.", "found an object that is kept elsewhere"),
    CASE ("id-long-key", "(X\7\0\0\0storagectorch\nFloatStorage\nX\41\0\0\0"
        "123456789012345678901234567890123" "X\3\0\0\0cpuK\2tQ.",
        "persistent id"),
    CASE ("id-short", "(X\7\0\0\0storagectorch\nFloatStorage\ntQ.",
        "persistent id"),
    CASE ("id-class", "(X\7\0\0\0storageccollections\nOrderedDict\n"
        "X\1\0\0\0" "0" "X\3\0\0\0cpuK\2tQ.", "persistent id"),
    CASE ("id-negative", STATE (TENSOR (STORAGE ("Float", "0", NEGATIVE, "N"),
        "K\0", "K\2\x85", "K\1\x85")), "persistent id"),
    CASE ("list-root", "].", "expected a state_dict, found list"),
    CASE ("int-state", "}X\12\0\0\0state_dictK\1s.",
        "expected a state_dict, found int"),
    CASE ("empty", "}.", "no tensors"),
    CASE ("int-key", "}K\1K\1s.", "a key of the state_dict is of type int"),
    CASE ("int-value", "}X\5\0\0\0epochK\1s.",
        "no tensors in it"),
    CASE ("no-name", "}X\0\0\0\0" VECTOR "s.", "empty or not UTF-8"),
    CASE ("only-prefix", "}X\7\0\0\0module." VECTOR "s.", NULL),
    CASE ("bad-name", "}X\1\0\0\0\xff" VECTOR "s.", "empty or not UTF-8"),
    CASE ("zero-name", "}X\2\0\0\0a\0" VECTOR "s.", "empty or not UTF-8"),
    CASE ("same-name", "}(X\1\0\0\0w" VECTOR "X\1\0\0\0w" VECTOR "u.",
        "'w' is there more than once"),
    CASE ("self-in-list", "]q\0h\0a.", "expected a state_dict, found list"),
    CASE ("self-in-dict", "}q\0X\1\0\0\0wh\0s.", "no tensors"),
    CASE ("self-as-state", "}q\0X\12\0\0\0state_dicth\0s.",
        "no tensors"),
    CASE ("python-2", "ccollections\nOrderedDict\n](]q\1(U\1w" VECTOR
        "ee\x85R.", NULL),
    CASE ("python-2-pair", "ccollections\nOrderedDict\n](K\1e\x85R.",
        "not a key and a value"),
    CASE ("no-arguments", STATE (CALL_REBUILD ")R"), "'w': it has no storage"),
    CASE ("int-storage", STATE (TENSOR ("K\1", "K\0", "K\2\x85", "K\1\x85")),
        "'w': it has no storage"),
    CASE ("int-shape", STATE (TENSOR (PAIR, "K\0", "K\2", "K\1\x85")),
        "its shape is of type int, expected tuple"),
    CASE ("str-shape",
        STATE (TENSOR (PAIR, "K\0", "X\1\0\0\0" "2" "\x85", "K\1\x85")),
        "its shape has something other"),
    CASE ("ranks", STATE (TENSOR (PAIR, "K\0", "K\2\x85", ")")),
        "shape and stride differ"),
    CASE ("nine-dimensions", STATE (TENSOR (PAIR, "K\0",
        "(K\1K\1K\1K\1K\1K\1K\1K\1K\1t", "K\1\x85")), "9 dimensions"),
    CASE ("negative-shape", STATE (TENSOR (PAIR, "K\0", NEGATIVE "\x85",
        "K\1\x85")), "its shape has something other"),
    CASE ("negative-stride", STATE (TENSOR (PAIR, "K\1", "K\2\x85",
        NEGATIVE "\x85")), "its stride has something other"),
    CASE ("negative-offset", STATE (TENSOR (PAIR, NEGATIVE, "K\1\x85",
        "K\1\x85")), "its offset is not"),
    CASE ("wide-shape", STATE (TENSOR (PAIR, "K\0", BEYOND "\x85", "K\1\x85")),
        "its shape has something other"),
    CASE ("shape-overflows", STATE (TENSOR (PAIR, "K\0", HUGE HUGE "\x86",
        "K\0K\0\x86")), "its shape overflows"),
    CASE ("bytes-overflow", STATE (TENSOR (PAIR, "K\0", HUGE "\x85",
        "K\0\x85")), "its shape overflows"),
    CASE ("reach-overflows", STATE (TENSOR (PAIR, "K\0", "K\5K\5\x86",
        HUGE HUGE "\x86")), "beyond its storage"),
    CASE ("sum-wraps", STATE (TENSOR (PAIR, "K\0", "(K\2K\2K\2K\2t",
        "(" HUGE HUGE HUGE HUGE "t")), "beyond its storage"),
    CASE ("shape-beyond", STATE (TENSOR (PAIR, "K\0", "K\3\x85", "K\1\x85")),
        "beyond its storage"),
    CASE ("offset-beyond", STATE (TENSOR (PAIR, "K\1", "K\2\x85", "K\1\x85")),
        "beyond its storage"),
    CASE ("scalar-beyond", STATE (TENSOR (PAIR, "K\2", ")", ")")),
        "beyond its storage"),
    CASE ("scalar", STATE (TENSOR (PAIR, "K\1", ")", ")")), NULL),
    CASE ("nothing-anywhere", STATE (TENSOR (PAIR, HUGE, HUGE "K\0\x86",
        HUGE "K\1\x86")), NULL),
    CASE ("expanded", STATE (TENSOR (PAIR, "K\0", "K\2K\1\x86", "K\0K\1\x86")),
        NULL),
    CASE ("expanded-far", STATE (TENSOR (PAIR, "K\0", "J\0\0\0\x70\x85",
        "K\0\x85")), "more elements than its storage"),
    CASE ("count", STATE (TENSOR (STORAGE ("Float", "0", "K\3", "N"), "K\0",
        "K\2\x85", "K\1\x85")), "storage '0' has 2 elements, expected 3"),
    CASE ("unlisted", STATE (TENSOR (STORAGE ("Float", "1", "K\2", "N"), "K\0",
        "K\2\x85", "K\1\x85")), "storage '0' is not used"),
    CASE ("wider-class", "}(X\1\0\0\0w" VECTOR "X\1\0\0\0v"
        TENSOR (STORAGE ("Long", "0", "K\2", "N"), "K\0", "K\2\x85", "K\1\x85")
        "u.", "'v': its storage should have 2 elements, but the file has 8"),
    CASE ("int", STATE (TENSOR (STORAGE ("Int", "0", "K\2", "N"), "K\0",
        "K\2\x85", "K\1\x85")), NULL),
    CASE ("view", STATE (TENSOR (STORAGE ("Float", "0", "K\2", "(NK\1K\1t"),
        "K\0", "K\1\x85", "K\1\x85")), NULL),
    CASE ("beyond-view", STATE (TENSOR (STORAGE ("Float", "0", "K\2",
        "(NK\1K\1t"), "K\0", "K\2\x85", "K\1\x85")), "beyond its storage"),
    CASE ("view-beyond", STATE (TENSOR (STORAGE ("Float", "0", "K\2",
        "(NK\1K\2t"), "K\0", "K\2\x85", "K\1\x85")), "beyond the storage"),
    CASE ("view-negative", STATE (TENSOR (STORAGE ("Float", "0", "K\2",
        "(N" NEGATIVE "K\2t"), "K\0", "K\2\x85", "K\1\x85")),
        "beyond the storage"),
    CASE ("view-ill", STATE (TENSOR (STORAGE ("Float", "0", "K\2", "K\1"),
        "K\0", "K\2\x85", "K\1\x85")), "ill-formed view"),
};

static void
check_bytes (const GByteArray *bytes, const char *part)
{
  char *path = scratch_new ();

  scratch_fill (path, bytes->data, bytes->len);
  if (!part)
    siamban_checkpoint_close (open_well (path));
  else
    open_badly (path, SIAMBAN_ERROR_CHECKPOINT, part);
  scratch_free (path);
}

static GByteArray *
legacy_bytes (const void *state, gsize size)
{
  gboolean stored = memmem (state, size, "storage", 7) != NULL;
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (
      bytes, (const guint8 *) PREAMBLE, sizeof PREAMBLE - 1);
  g_byte_array_append (bytes, state, size);
  return stored ? g_byte_array_append (
                      bytes, (const guint8 *) STORAGES, sizeof STORAGES - 1)
                : g_byte_array_append (bytes, (const guint8 *) "].", 2);
}

static void
test_state (gconstpointer data)
{
  const Case *state = data;
  g_autoptr (GByteArray) bytes = legacy_bytes (state->data, state->size);

  check_bytes (bytes, state->part);
}

/* Whole legacy files. */
static const Case files[] = {
    CASE ("magic", "\x80\2" "\x8a\2\1\2.\x80\2", "without the magic number"),
    CASE ("magic-only", "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
        "protocol number: the pickle is cut off"),
    CASE ("protocol", "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
        "\x80\2M\xe8\3.", "protocol number is not 1001"),
    CASE ("big-endian",
        "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2M\xe9\3."
        "\x80\2}X\15\0\0\0little_endian\x89s.", "not little-endian"),
    CASE ("system-list",
        "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2M\xe9\3."
        "\x80\2].", "system info is not a dict"),
    CASE ("keys-dict", PREAMBLE STATE (VECTOR) "}.",
        "list of storages is of type dict"),
    CASE ("key-int", PREAMBLE STATE (VECTOR) "]K\1a.",
        "the key of a storage is of type int"),
    CASE ("key-twice", PREAMBLE STATE (VECTOR) "](X\1\0\0\0" "0" "X\1\0\0\0" "0"
        "e.\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        "storage '0' is not used, or there twice"),
    CASE ("no-keys", PREAMBLE STATE (VECTOR) "].", "'0' is not in the file"),
    CASE ("no-count", PREAMBLE STATE (VECTOR) "]X\1\0\0\0" "0" "a.\2\0\0",
        "storage '0' is cut off"),
    CASE ("storage-cut", PREAMBLE STATE (VECTOR) "]X\1\0\0\0" "0"
        "a.\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "storage '0' is cut off"),
    CASE ("storage-huge", PREAMBLE STATE (TENSOR (STORAGE ("Float", "0", HUGE,
        "N"), "K\0", "K\2\x85", "K\1\x85")) "]X\1\0\0\0" "0"
        "a.\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0", "storage '0' is cut off"),
};

static void
test_file (gconstpointer data)
{
  const Case *file = data;
  GByteArray bytes = {(guint8 *) file->data, file->size};

  check_bytes (&bytes, file->part);
}

static void
append (GByteArray *bytes, const char *text, gsize size)
{
  g_byte_array_append (bytes, (const guint8 *) text, size);
}

static void
repeat (GByteArray *bytes, const char *text, guint times)
{
  for (guint i = 0; i < times; i++)
    append (bytes, text, strlen (text));
}

/* In an entry beside the state_dict, whose tensor is fine. */
static void
check_beside (const GByteArray *value, const char *part)
{
  g_autoptr (GByteArray) state = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = NULL;

  append (state, "}(X\1\0\0\0x", 8);
  g_byte_array_append (state, value->data, value->len);
  append (state, "X\12\0\0\0state_dict}X\1\0\0\0w", 22);
  append (state, VECTOR, sizeof VECTOR - 1);
  append (state, "su.", 3);
  bytes = legacy_bytes (state->data, state->len);
  check_bytes (bytes, part);
}

static void
test_deep_nesting (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  repeat (value, "]", 10000);
  repeat (value, "a", 9999);
  check_beside (value, NULL);
  g_byte_array_set_size (value, 0);
  repeat (value, ")", 1);
  repeat (value, "\x85", 10000);
  check_beside (value, NULL);
  g_byte_array_set_size (value, 0);
  repeat (value, "(", 10000);
  check_beside (value, "the pickle");
}

/* Each tuple holds the one before twice: 2^1000 leaves if ever unfolded. */
static void
test_doubling (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  append (value, "Nq\0", 3);
  for (guint i = 0; i < 1000; i++)
    append (value, "h\0\x86q\0", 5);
  check_beside (value, NULL);
}

/* The items of one list are asked for again and again. */
static void
test_repeated_ordered_dict (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  gsize limit = 300;

  append (value, "](", 2);
  for (gsize i = 0; i < limit; i++)
    append (value, "](NNe", 5);
  append (value, "e\x85q\0(", 5);
  for (gsize i = 0; i < limit; i++)
    append (value, "ccollections\nOrderedDict\nh\0R", 28);
  append (value, "t\x86", 2);
  check_beside (value, NULL);
}

static void
test_too_many_opcodes (void)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();

  repeat (value, "(1", 1 << 19);
  append (value, "N", 1);
  check_beside (value, "opcodes");
  g_byte_array_set_size (value, 0);
  append (value, "](", 2);
  repeat (value, ")", 1 << 18);
  append (value, "e", 1);
  check_beside (value, "makes more values");
}

/* Tensors that all view one storage: cheap to write, dear to unpack. */
static void
test_shared_too_often (void)
{
  g_autoptr (GByteArray) state = g_byte_array_new ();
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *zeros = g_malloc0 (40000);

  append (state, "}(", 2);
  for (guint i = 0; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("w%02u", i);

    append (state, "X\3\0\0\0", 5);
    append (state, name, 3);
    append (state, TENSOR (STORAGE ("Float", "0", "M\x10\x27", "N"), "K\0",
                       "M\x10\x27\x85", "K\1\x85"),
        sizeof TENSOR (STORAGE ("Float", "0", "M\x10\x27", "N"), "K\0",
            "M\x10\x27\x85", "K\1\x85") -
            1);
  }
  append (state, "u.", 2);
  bytes = legacy_bytes (state->data, state->len);
  g_byte_array_set_size (bytes, bytes->len - 16);
  append (bytes, "\x10\x27\0\0\0\0\0\0", 8);
  append (bytes, zeros, 40000);
  check_bytes (bytes, "share bytes");
}

/* Neighbours of a state_dict that are parsed and dropped. */
static const Case neighbours[] = {
    CASE ("long", BEYOND, NULL),
    CASE ("long4", "\x8b\1\0\0\0\xff", NULL),
    CASE ("numbers", "(G\0\0\0\0\0\0\0\0K\1M\1\2J\1\2\3\4\x88\x89Nt", NULL),
    CASE ("bytes", "(C\1aB\1\0\0\0a\x8e\1\0\0\0\0\0\0\0at", NULL),
    CASE ("strings", "(U\1aT\1\0\0\0aX\1\0\0\0a\x8c\1a\x8d\1\0\0\0\0\0\0\0at",
        NULL),
    CASE ("numpy", "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n"
        "X\2\0\0\0f8K\0K\1\x87R(K\3tb" "c_codecs\nencode\n"
        "X\1\0\0\0aX\6\0\0\0latin1\x86RtR", NULL),
    CASE ("ill-tensor", CALL_REBUILD "K\1\x85R", NULL),
    CASE ("built", "ccollections\nOrderedDict\n)R}X\1\0\0\0aK\1sb", NULL),
};

static void
test_neighbour (gconstpointer data)
{
  const Case *neighbour = data;
  GByteArray value = {(guint8 *) neighbour->data, neighbour->size};

  check_beside (&value, neighbour->part);
}

#define ENTRY(dtype, shape, offsets)                                           \
  "{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" offsets   \
  "]}"

/* Headers of safetensors files with 8 bytes of data. */
static const Case headers[] = {
    CASE ("fine", "{\"w\":" ENTRY ("F32", "2", "0,8") "}", NULL),
    CASE ("spaces", "{ \"w\" : " ENTRY ("F32", "2", "0,8") "\n}  ", NULL),
    CASE ("brackets-in-name", "{\"[[[[\\\"{{{{\":" ENTRY ("F32", "2", "0,8") "}",
        NULL),
    CASE ("empty-tensor", "{\"v\":" ENTRY ("F32", "0,5", "8,8") ",\"w\":" ENTRY (
        "I64", "", "0,8") "}", NULL),
    CASE ("none", "{}", "data that belong to no tensor"),
    CASE ("not-json", "{\"w\":}", "'w': it is not described"),
    CASE ("cut", "{\"w\":" ENTRY ("F32", "2", "0,8"), "not plain JSON"),
    CASE ("open-string", "{\"w", "not plain JSON at byte 3"),
    CASE ("comment", "{/*\"*/\"w\":" ENTRY ("F32", "2", "0,8") "}",
        "not plain JSON at byte 1"),
    CASE ("zero", "{\0}", "not UTF-8"),
    CASE ("not-utf8", "{\"\xff\":" ENTRY ("F32", "2", "0,8") "}", "not UTF-8"),
    CASE ("twice", "{\"w\":" ENTRY ("F32", "1", "0,4") ",\"w\":" ENTRY (
        "F32", "1", "4,8") "}", "'w' is there more than once"),
    CASE ("twice-inside", "{\"w\":{\"shape\":[2],\"dtype\":\"F32\",\"shape\":[2],"
        "\"data_offsets\":[0,8]}}", "'shape' is there more than once"),
    CASE ("no-name", "{\"\":" ENTRY ("F32", "2", "0,8") "}", "empty"),
    CASE ("int-entry", "{\"w\":1}", "'w': it is not described by an object"),
    CASE ("null-entry", "{\"w\":null}", "'w': it is not described"),
    CASE ("nothing", "{\"w\":{}}", "its dtype is not a string"),
    CASE ("double", "{\"w\":" ENTRY ("F64", "1", "0,8") "}", NULL),
    CASE ("unknown-dtype", "{\"v\":" ENTRY ("F4", "3", "0,4") ",\"w\":" ENTRY (
        "F32", "1", "4,8") "}", NULL),
    CASE ("only-unknown", "{\"w\":" ENTRY ("F4", "3", "0,8") "}", "no tensors"),
    CASE ("dtype-int", "{\"w\":{\"dtype\":5}}", "its dtype is not a string"),
    CASE ("dtype-null", "{\"w\":{\"dtype\":null}}", "its dtype is not a string"),
    CASE ("dtype-list", "{\"w\":{\"dtype\":[]}}", "its dtype is not a string"),
    CASE ("no-shape", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
        "its shape is not an array"),
    CASE ("no-offsets", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "its data_offsets is not an array"),
    CASE ("float-shape", "{\"w\":" ENTRY ("F32", "2.0", "0,8") "}",
        "its shape has something other"),
    CASE ("negative-shape", "{\"w\":" ENTRY ("F32", "-2", "0,8") "}",
        "its shape has something other"),
    CASE ("nested-shape", "{\"w\":" ENTRY ("F32", "[2]", "0,8") "}",
        "its shape has something other"),
    CASE ("shape-overflows", "{\"w\":" ENTRY ("F32",
        "4611686018427387904,4611686018427387904", "0,8") "}",
        "do not make 8 bytes"),
    CASE ("bytes-overflow", "{\"w\":" ENTRY ("F32", "4611686018427387906",
        "0,8") "}", "do not make 8 bytes"),
    CASE ("wide-shape", "{\"w\":" ENTRY ("F32", "99999999999999999999", "0,8")
        "}", "tensor 'w'"),
    CASE ("nine-dimensions", "{\"w\":" ENTRY ("F32", "2,1,1,1,1,1,1,1,1", "0,8")
        "}", "its shape has more than 8 numbers"),
    CASE ("one-offset", "{\"w\":" ENTRY ("F32", "2", "0") "}", "two places"),
    CASE ("three-offsets", "{\"w\":" ENTRY ("F32", "2", "0,4,8") "}",
        "more than 2 numbers"),
    CASE ("backwards", "{\"w\":" ENTRY ("F32", "2", "8,0") "}", "two places"),
    CASE ("too-long", "{\"w\":" ENTRY ("F32", "4", "0,16") "}", "two places"),
    CASE ("too-short", "{\"w\":" ENTRY ("F32", "2", "0,4") "}",
        "do not make 4 bytes"),
    CASE ("unknown-field", "{\"w\":{\"dtype\":\"F32\",\"x\":[{\"y\":[]},-1.5e3,"
        "true,null,\"\\ud83d\\ude00\"],\"shape\":[2],\"data_offsets\":[0,8]}}",
        NULL),
    CASE ("half-pair", "{\"\\ud83d\":1}", "not plain JSON"),
    CASE ("zero-escape", "{\"\\u0000\":1}", "not plain JSON"),
    CASE ("leading-zero", "{\"w\":" ENTRY ("F32", "02", "0,8") "}",
        "its shape has something other"),
    CASE ("metadata-twice", "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
        "'a' is there more than once"),
    CASE ("hole", "{\"w\":" ENTRY ("F32", "1", "4,8") "}", "leave a hole"),
    CASE ("rest", "{\"w\":" ENTRY ("F32", "1", "0,4") "}",
        "data that belong to no tensor"),
    CASE ("overlap", "{\"v\":" ENTRY ("F16", "3", "0,6") ",\"w\":" ENTRY (
        "F16", "2", "4,8") "}", "overlap"),
    CASE ("same-place", "{\"v\":" ENTRY ("F32", "2", "0,8") ",\"w\":" ENTRY (
        "F32", "2", "0,8") "}", "overlap"),
    CASE ("metadata-list", "{\"__metadata__\":[]}", "is not an object"),
    CASE ("metadata-int", "{\"__metadata__\":{\"a\":1}}", "other than strings"),
};

static void
test_header (gconstpointer data)
{
  const Case *header = data;
  g_autoptr (GByteArray) bytes =
      safetensors_bytes (header->data, header->size);

  append (bytes, "\0\0\0\0\0\0\0", 8);
  check_bytes (bytes, header->part);
}

static void
check_header_bomb (const char *head, const char *unit, guint times,
    const char *tail, const char *part)
{
  g_autoptr (GString) header = g_string_new (head);
  g_autoptr (GByteArray) bytes = NULL;

  for (guint i = 0; i < times; i++)
    g_string_append (header, unit);
  g_string_append (header, tail);
  bytes = safetensors_bytes (header->str, header->len);
  check_bytes (bytes, part);
}

static void
test_header_bombs (void)
{
  check_header_bomb ("{\"a\":", "[", 1000000, "", "not described");
  check_header_bomb ("", "{\"a\":", 100000, "", "not plain JSON");
  check_header_bomb ("{\"a\":\"", "[\\\"", 300000, "\"}", "'a'");
  check_header_bomb ("{\"a\":{\"shape\":[0", ",0", 500000, "]}}", "'a'");
  check_header_bomb ("{", "     ", 1000000, "}", "expected 1048576 at most");
}

static void
test_header_lies (void)
{
  g_autoptr (GByteArray) bytes = safetensors_bytes ("{}      ", -1);

  bytes->data[0] = 9;
  check_bytes (bytes, "the header is 9 bytes long, the file is shorter");
  memset (bytes->data, 0xff, 8);
  check_bytes (bytes, "the file is shorter");
}

static void
add_cases (const char *group, const Case *cases, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *path =
        g_strdup_printf ("/hostile/%s/%s", group, cases[i].name);

    g_test_add_data_func (path, &cases[i], test);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ("state", states, G_N_ELEMENTS (states), test_state);
  add_cases ("file", files, G_N_ELEMENTS (files), test_file);
  add_cases (
      "neighbour", neighbours, G_N_ELEMENTS (neighbours), test_neighbour);
  add_cases ("header", headers, G_N_ELEMENTS (headers), test_header);
  g_test_add_func ("/hostile/deep-nesting", test_deep_nesting);
  g_test_add_func ("/hostile/doubling", test_doubling);
  g_test_add_func (
      "/hostile/repeated-ordered-dict", test_repeated_ordered_dict);
  g_test_add_func ("/hostile/too-many-opcodes", test_too_many_opcodes);
  g_test_add_func ("/hostile/shared-too-often", test_shared_too_often);
  g_test_add_func ("/hostile/header-bombs", test_header_bombs);
  g_test_add_func ("/hostile/header-lies", test_header_lies);
  return g_test_run ();
}
