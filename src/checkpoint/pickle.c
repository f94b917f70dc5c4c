/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/pickle-globals.h"

/* A state_dict of a thousand tensors takes 50,000. Each opcode makes one value
 * at most, so that this bounds memory too; nothing is ever copied twice or
 * walked in depth. */
#define MAX_OPCODES (1u << 20)

#define MAX_PROTOCOL 5

typedef struct
{
  SiambanSpan rest;
  guint n_opcodes;
  gboolean stopped;
  GArray *stack; /* SiambanPickleValue */
  GArray *marks; /* guint, places in the stack */
  GArray *memo;  /* SiambanPickleValue */
  SiambanPickle *pickle;
  GError **error;
} Machine;

static const guint8 *
take (Machine *m, guint64 n)
{
  const guint8 *data = m->rest.data;

  if (n > m->rest.size) {
    siamban_refuse (m->error, "the pickle is cut off");
    return NULL;
  }
  m->rest.data += n;
  m->rest.size -= n;
  return data;
}

/* An unsigned little-endian number of 1, 2, 4 or 8 bytes. */
static gboolean
take_number (Machine *m, guint width, guint64 *number)
{
  const guint8 *data = take (m, width);

  if (data == NULL)
    return FALSE;
  *number = 0;
  for (guint i = 0; i < width; i++)
    *number |= (guint64)data[i] << (8 * i);
  return TRUE;
}

/* A text behind its length of @width bytes. */
static gboolean
take_text (Machine *m, guint width, SiambanPickleValue *value)
{
  guint64 length;

  if (!take_number (m, width, &length))
    return FALSE;
  value->text = (const char *)take (m, length);
  if (value->text == NULL)
    return FALSE;
  if (length > G_MAXUINT32)
    return siamban_refuse (m->error, "a text of the pickle is over 4 GiB long");
  value->length = (guint32)length;
  return TRUE;
}

static gboolean
push (Machine *m, SiambanPickleValue value)
{
  g_array_append_val (m->stack, value);
  return TRUE;
}

static GArray *
new_items (Machine *m, const SiambanPickleValue *from, guint n)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof *from);

  g_array_append_vals (items, from, n);
  g_ptr_array_add (m->pickle->arrays, items);
  return items;
}

/* The topmost @n values above the last mark, or NULL. */
static SiambanPickleValue *
top (Machine *m, guint n)
{
  guint floor =
      m->marks->len ? g_array_index (m->marks, guint, m->marks->len - 1) : 0;

  if (m->stack->len - floor < n) {
    siamban_refuse (m->error, "the pickle takes more values than it has made");
    return NULL;
  }
  return &g_array_index (m->stack, SiambanPickleValue, m->stack->len - n);
}

static void
drop (Machine *m, guint n)
{
  g_array_set_size (m->stack, m->stack->len - n);
}

/* Removes the last mark; *n values lie above it. */
static gboolean
pop_mark (Machine *m, guint *n)
{
  if (m->marks->len == 0)
    return siamban_refuse (m->error, "the pickle uses a mark it has not made");
  *n = m->stack->len - g_array_index (m->marks, guint, m->marks->len - 1);
  g_array_set_size (m->marks, m->marks->len - 1);
  return TRUE;
}

static gboolean
expect (Machine *m, const SiambanPickleValue *value, SiambanPickleType type,
    const char *where)
{
  if (value->type != type)
    return siamban_refuse (m->error, "the pickle has %s in place of the %s %s",
        siamban_pickle_type_name (value->type), siamban_pickle_type_name (type),
        where);
  return TRUE;
}

static gboolean
run_proto (Machine *m, guint width)
{
  guint64 protocol;

  if (!take_number (m, width, &protocol))
    return FALSE;
  if (protocol > MAX_PROTOCOL)
    return siamban_refuse (m->error,
        "pickle protocol %u, expected %u at the most", (guint)protocol,
        MAX_PROTOCOL);
  return TRUE;
}

static gboolean
run_frame (Machine *m, guint width)
{
  guint64 size;

  if (!take_number (m, width, &size))
    return FALSE;
  if (size > m->rest.size)
    return siamban_refuse (m->error, "the pickle is cut off");
  return TRUE;
}

static gboolean
run_stop (Machine *m, guint arg G_GNUC_UNUSED)
{
  if (m->stack->len != 1 || m->marks->len != 0)
    return siamban_refuse (m->error, "the pickle stops without one result");
  m->pickle->root = *top (m, 1);
  m->stopped = TRUE;
  return TRUE;
}

static gboolean
run_mark (Machine *m, guint arg G_GNUC_UNUSED)
{
  g_array_append_val (m->marks, m->stack->len);
  return TRUE;
}

static gboolean
run_none (Machine *m, guint arg G_GNUC_UNUSED)
{
  return push (m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_NONE});
}

static gboolean
run_bool (Machine *m, guint truth)
{
  return push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_BOOL, .integer = truth});
}

static gboolean
run_int (Machine *m, guint width)
{
  guint64 number;

  if (!take_number (m, width, &number))
    return FALSE;
  return push (m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_INT,
                      .integer = width == 4 ? (gint32)number : (gint64)number});
}

static gboolean
run_long (Machine *m, guint width)
{
  SiambanPickleValue value = {.type = SIAMBAN_PICKLE_LONG};
  guint64 bits = 0;
  guint n;

  if (!take_text (m, width, &value))
    return FALSE;
  n = value.length;
  if (n > 8)
    return push (m, value);
  for (guint i = 0; i < n; i++)
    bits |= (guint64)(guint8)value.text[i] << (8 * i);
  if (n > 0 && n < 8 && value.text[n - 1] & 0x80)
    bits |= G_MAXUINT64 << (8 * n);
  return push (m, (SiambanPickleValue){
                      .type = SIAMBAN_PICKLE_INT, .integer = (gint64)bits});
}

static gboolean
run_float (Machine *m, guint width)
{
  return take (m, width) != NULL &&
         push (m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_OPAQUE});
}

static gboolean
run_string (Machine *m, guint width)
{
  SiambanPickleValue value = {.type = SIAMBAN_PICKLE_STRING};

  return take_text (m, width, &value) && push (m, value);
}

static gboolean
run_bytes (Machine *m, guint width)
{
  SiambanPickleValue value = {.type = SIAMBAN_PICKLE_OPAQUE};

  return take_text (m, width, &value) && push (m, value);
}

static gboolean
run_empty (Machine *m, guint type)
{
  return push (
      m, (SiambanPickleValue){.type = type, .items = new_items (m, NULL, 0)});
}

static gboolean
make_tuple (Machine *m, guint n)
{
  const SiambanPickleValue *from = top (m, n);
  SiambanPickleValue tuple = {.type = SIAMBAN_PICKLE_TUPLE};

  if (from == NULL)
    return FALSE;
  tuple.items = new_items (m, from, n);
  drop (m, n);
  return push (m, tuple);
}

static gboolean
run_tuple (Machine *m, guint arg G_GNUC_UNUSED)
{
  guint n = 0;

  return pop_mark (m, &n) && make_tuple (m, n);
}

/* Moves the topmost @n values into the list or dict below them. */
static gboolean
extend (Machine *m, guint n, SiambanPickleType type)
{
  SiambanPickleValue *target = top (m, n + 1);

  if (target == NULL || !expect (m, target, type, "that values are added to"))
    return FALSE;
  if (type == SIAMBAN_PICKLE_DICT && n % 2 != 0)
    return siamban_refuse (m->error, "the pickle has a key without a value");
  g_array_append_vals (target->items, target + 1, n);
  drop (m, n);
  return TRUE;
}

static gboolean
run_append (Machine *m, guint arg G_GNUC_UNUSED)
{
  return extend (m, 1, SIAMBAN_PICKLE_LIST);
}

static gboolean
run_setitem (Machine *m, guint arg G_GNUC_UNUSED)
{
  return extend (m, 2, SIAMBAN_PICKLE_DICT);
}

static gboolean
run_extend (Machine *m, guint type)
{
  guint n = 0;

  return pop_mark (m, &n) && extend (m, n, type);
}

static gboolean
run_get (Machine *m, guint width)
{
  guint64 index;

  if (!take_number (m, width, &index))
    return FALSE;
  if (index >= m->memo->len ||
      siamban_pickle_nth (m->memo, index)->type == SIAMBAN_PICKLE_UNSET)
    return siamban_refuse (
        m->error, "the pickle recalls a value it never kept");
  return push (m, *siamban_pickle_nth (m->memo, index));
}

/* Picklers count their puts, so that an index is never ahead of the number of
 * opcodes. */
static gboolean
run_put (Machine *m, guint width)
{
  guint64 index = m->memo->len;
  const SiambanPickleValue *value = top (m, 1);

  if (value == NULL || (width > 0 && !take_number (m, width, &index)))
    return FALSE;
  if (index > m->n_opcodes)
    return siamban_refuse (
        m->error, "memo index %u of the pickle is too large", (guint)index);
  if (index >= m->memo->len)
    g_array_set_size (m->memo, index + 1);
  g_array_index (m->memo, SiambanPickleValue, index) = *value;
  return TRUE;
}

static gboolean
push_global (Machine *m, const char *module, gsize module_length,
    const char *name, gsize name_length)
{
  const SiambanGlobal *global =
      siamban_global_find (module, module_length, name, name_length);

  if (global == NULL) {
    g_autofree char *quoted_module = siamban_quote (module, module_length);
    g_autofree char *quoted_name = siamban_quote (name, name_length);

    return siamban_refuse (m->error,
        "the pickle asks for %s of module %s, which no state_dict needs",
        quoted_name, quoted_module);
  }
  return push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_GLOBAL, .global = global});
}

static const char *
take_line (Machine *m, gsize *length)
{
  const guint8 *line = m->rest.data;
  const guint8 *end = memchr (line, '\n', m->rest.size);

  if (end == NULL) {
    siamban_refuse (m->error, "the pickle is cut off");
    return NULL;
  }
  *length = end - line;
  return (const char *)take (m, *length + 1);
}

static gboolean
run_global (Machine *m, guint arg G_GNUC_UNUSED)
{
  gsize module_length, name_length;
  const char *module = take_line (m, &module_length);
  const char *name = module != NULL ? take_line (m, &name_length) : NULL;

  return name != NULL &&
         push_global (m, module, module_length, name, name_length);
}

static gboolean
run_stack_global (Machine *m, guint arg G_GNUC_UNUSED)
{
  const SiambanPickleValue *pair = top (m, 2);
  SiambanPickleValue module, name;

  if (pair == NULL)
    return FALSE;
  module = pair[0];
  name = pair[1];
  if (!expect (m, &module, SIAMBAN_PICKLE_STRING, "that names a module") ||
      !expect (m, &name, SIAMBAN_PICKLE_STRING, "that names a global"))
    return FALSE;
  drop (m, 2);
  return push_global (m, module.text, module.length, name.text, name.length);
}

static gboolean
is_storage_id (const SiambanPickleValue *id)
{
  const GArray *items = id->items;

  return id->type == SIAMBAN_PICKLE_TUPLE && items->len >= 5 &&
         siamban_pickle_is_string (siamban_pickle_nth (items, 0), "storage") &&
         siamban_pickle_nth (items, 1)->type == SIAMBAN_PICKLE_GLOBAL &&
         siamban_pickle_nth (items, 1)->global->kind ==
             SIAMBAN_GLOBAL_STORAGE &&
         siamban_pickle_nth (items, 2)->type == SIAMBAN_PICKLE_STRING &&
         siamban_pickle_nth (items, 4)->type == SIAMBAN_PICKLE_INT &&
         siamban_pickle_nth (items, 4)->integer >= 0;
}

static gboolean
run_persistent_id (Machine *m, guint arg G_GNUC_UNUSED)
{
  SiambanPickleValue *id = top (m, 1);

  if (id == NULL)
    return FALSE;
  if (!is_storage_id (id))
    return siamban_refuse (m->error, "a persistent id of the pickle is not "
                                     "('storage', class, key, location, size)");
  id->type = SIAMBAN_PICKLE_STORAGE;
  g_ptr_array_add (m->pickle->storages, id->items);
  return TRUE;
}

/* Python 2 gives an OrderedDict's items to its constructor, as a list of
 * two-item lists. The list is used up, or a small pickle could have it copied
 * over and over. */
static gboolean
fill_dict (Machine *m, GArray *dict, const GArray *args)
{
  GArray *pairs;

  if (args->len == 0)
    return TRUE;
  if (!expect (m, siamban_pickle_nth (args, 0), SIAMBAN_PICKLE_LIST,
          "of an OrderedDict's items"))
    return FALSE;
  pairs = siamban_pickle_nth (args, 0)->items;
  for (guint i = 0; i < pairs->len; i++) {
    const SiambanPickleValue *pair = siamban_pickle_nth (pairs, i);

    if (pair->type != SIAMBAN_PICKLE_LIST || pair->items->len != 2)
      return siamban_refuse (
          m->error, "an item of an OrderedDict is not a key and a value");
    g_array_append_vals (dict, pair->items->data, 2);
  }
  g_array_set_size (pairs, 0);
  return TRUE;
}

/* The value that calling @global with @args stands for. */
static gboolean
call (Machine *m, const SiambanGlobal *global, const GArray *args,
    SiambanPickleValue *result)
{
  switch (global->kind) {
    case SIAMBAN_GLOBAL_ORDERED_DICT:
      result->type = SIAMBAN_PICKLE_DICT;
      result->items = new_items (m, NULL, 0);
      return fill_dict (m, result->items, args);
    case SIAMBAN_GLOBAL_REBUILD_TENSOR:
      result->type = SIAMBAN_PICKLE_TENSOR;
      result->items = (GArray *)args;
      return TRUE;
    case SIAMBAN_GLOBAL_REBUILD_PARAMETER:
      if (args->len == 0)
        break;
      *result = *siamban_pickle_nth (args, 0);
      return expect (m, result, SIAMBAN_PICKLE_TENSOR, "of a Parameter");
    case SIAMBAN_GLOBAL_INERT:
      result->type = SIAMBAN_PICKLE_OPAQUE;
      return TRUE;
    case SIAMBAN_GLOBAL_STORAGE:
      break;
  }
  return siamban_refuse (
      m->error, "the pickle calls %s.%s wrongly", global->module, global->name);
}

static gboolean
run_reduce (Machine *m, guint arg G_GNUC_UNUSED)
{
  const SiambanPickleValue *pair = top (m, 2);
  SiambanPickleValue result = {0};

  if (pair == NULL ||
      !expect (m, &pair[0], SIAMBAN_PICKLE_GLOBAL, "that is called") ||
      !expect (m, &pair[1], SIAMBAN_PICKLE_TUPLE, "of arguments") ||
      !call (m, pair[0].global, pair[1].items, &result))
    return FALSE;
  drop (m, 2);
  return push (m, result);
}

/* What is built up here is an OrderedDict's _metadata or a NumPy dtype: nobody
 * needs it. */
static gboolean
run_build (Machine *m, guint arg G_GNUC_UNUSED)
{
  const SiambanPickleValue *pair = top (m, 2);

  if (pair == NULL)
    return FALSE;
  if (pair[0].type != SIAMBAN_PICKLE_OPAQUE &&
      !expect (m, &pair[0], SIAMBAN_PICKLE_DICT, "whose state is set"))
    return FALSE;
  drop (m, 1);
  return TRUE;
}

/* clang-format off */
static const struct
{
  const char *name;
  gboolean (*run) (Machine *m, guint arg); /* NULL: refused */
  guint arg;
} opcodes[256] = {
  ['('] = {"MARK", run_mark, 0},
  [')'] = {"EMPTY_TUPLE", make_tuple, 0},
  ['.'] = {"STOP", run_stop, 0},
  ['0'] = {"POP", NULL, 0},
  ['1'] = {"POP_MARK", NULL, 0},
  ['2'] = {"DUP", NULL, 0},
  ['B'] = {"BINBYTES", run_bytes, 4},
  ['C'] = {"SHORT_BINBYTES", run_bytes, 1},
  ['F'] = {"FLOAT", NULL, 0},
  ['G'] = {"BINFLOAT", run_float, 8},
  ['I'] = {"INT", NULL, 0},
  ['J'] = {"BININT", run_int, 4},
  ['K'] = {"BININT1", run_int, 1},
  ['L'] = {"LONG", NULL, 0},
  ['M'] = {"BININT2", run_int, 2},
  ['N'] = {"NONE", run_none, 0},
  ['P'] = {"PERSID", NULL, 0},
  ['Q'] = {"BINPERSID", run_persistent_id, 0},
  ['R'] = {"REDUCE", run_reduce, 0},
  ['S'] = {"STRING", NULL, 0},
  ['T'] = {"BINSTRING", run_string, 4},
  ['U'] = {"SHORT_BINSTRING", run_string, 1},
  ['V'] = {"UNICODE", NULL, 0},
  ['X'] = {"BINUNICODE", run_string, 4},
  ['a'] = {"APPEND", run_append, 0},
  ['b'] = {"BUILD", run_build, 0},
  ['c'] = {"GLOBAL", run_global, 0},
  ['d'] = {"DICT", NULL, 0},
  ['e'] = {"APPENDS", run_extend, SIAMBAN_PICKLE_LIST},
  ['g'] = {"GET", NULL, 0},
  ['h'] = {"BINGET", run_get, 1},
  ['i'] = {"INST", NULL, 0},
  ['j'] = {"LONG_BINGET", run_get, 4},
  ['l'] = {"LIST", NULL, 0},
  ['o'] = {"OBJ", NULL, 0},
  ['p'] = {"PUT", NULL, 0},
  ['q'] = {"BINPUT", run_put, 1},
  ['r'] = {"LONG_BINPUT", run_put, 4},
  ['s'] = {"SETITEM", run_setitem, 0},
  ['t'] = {"TUPLE", run_tuple, 0},
  ['u'] = {"SETITEMS", run_extend, SIAMBAN_PICKLE_DICT},
  [']'] = {"EMPTY_LIST", run_empty, SIAMBAN_PICKLE_LIST},
  ['}'] = {"EMPTY_DICT", run_empty, SIAMBAN_PICKLE_DICT},
  [0x80] = {"PROTO", run_proto, 1},
  [0x81] = {"NEWOBJ", NULL, 0},
  [0x82] = {"EXT1", NULL, 0},
  [0x83] = {"EXT2", NULL, 0},
  [0x84] = {"EXT4", NULL, 0},
  [0x85] = {"TUPLE1", make_tuple, 1},
  [0x86] = {"TUPLE2", make_tuple, 2},
  [0x87] = {"TUPLE3", make_tuple, 3},
  [0x88] = {"NEWTRUE", run_bool, TRUE},
  [0x89] = {"NEWFALSE", run_bool, FALSE},
  [0x8a] = {"LONG1", run_long, 1},
  [0x8b] = {"LONG4", run_long, 4},
  [0x8c] = {"SHORT_BINUNICODE", run_string, 1},
  [0x8d] = {"BINUNICODE8", run_string, 8},
  [0x8e] = {"BINBYTES8", run_bytes, 8},
  [0x8f] = {"EMPTY_SET", NULL, 0},
  [0x90] = {"ADDITEMS", NULL, 0},
  [0x91] = {"FROZENSET", NULL, 0},
  [0x92] = {"NEWOBJ_EX", NULL, 0},
  [0x93] = {"STACK_GLOBAL", run_stack_global, 0},
  [0x94] = {"MEMOIZE", run_put, 0},
  [0x95] = {"FRAME", run_frame, 8},
  [0x96] = {"BYTEARRAY8", NULL, 0},
  [0x97] = {"NEXT_BUFFER", NULL, 0},
  [0x98] = {"READONLY_BUFFER", NULL, 0},
};
/* clang-format on */

static gboolean
step (Machine *m)
{
  const guint8 *code = take (m, 1);

  if (code == NULL)
    return FALSE;
  if (opcodes[*code].run == NULL)
    return siamban_refuse (m->error,
        "the pickle has opcode 0x%02x (%s), which no state_dict needs", *code,
        opcodes[*code].name != NULL ? opcodes[*code].name : "unknown");
  if (m->n_opcodes++ == MAX_OPCODES)
    return siamban_refuse (
        m->error, "the pickle has more than %u opcodes", MAX_OPCODES);
  return opcodes[*code].run (m, opcodes[*code].arg);
}

SiambanPickle *
siamban_pickle_read (SiambanSpan data, GError **error)
{
  SiambanPickle *pickle = g_new0 (SiambanPickle, 1);
  Machine m = {.rest = data, .pickle = pickle, .error = error};
  gboolean fine = TRUE;

  pickle->storages = g_ptr_array_new ();
  pickle->arrays =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  m.stack = g_array_sized_new (FALSE, FALSE, sizeof (SiambanPickleValue), 64);
  m.marks = g_array_new (FALSE, FALSE, sizeof (guint));
  m.memo = g_array_new (FALSE, TRUE, sizeof (SiambanPickleValue));
  while (fine && !m.stopped)
    fine = step (&m);
  pickle->size = data.size - m.rest.size;
  g_array_unref (m.stack);
  g_array_unref (m.marks);
  g_array_unref (m.memo);
  if (!fine)
    g_clear_pointer (&pickle, siamban_pickle_free);
  return pickle;
}

void
siamban_pickle_free (SiambanPickle *pickle)
{
  g_ptr_array_unref (pickle->storages);
  g_ptr_array_unref (pickle->arrays);
  g_free (pickle);
}

const char *
siamban_pickle_type_name (SiambanPickleType type)
{
  static const char *const names[] = {
      [SIAMBAN_PICKLE_UNSET] = "nothing",
      [SIAMBAN_PICKLE_NONE] = "None",
      [SIAMBAN_PICKLE_BOOL] = "bool",
      [SIAMBAN_PICKLE_INT] = "int",
      [SIAMBAN_PICKLE_LONG] = "long int",
      [SIAMBAN_PICKLE_STRING] = "str",
      [SIAMBAN_PICKLE_OPAQUE] = "float or bytes",
      [SIAMBAN_PICKLE_TUPLE] = "tuple",
      [SIAMBAN_PICKLE_LIST] = "list",
      [SIAMBAN_PICKLE_DICT] = "dict",
      [SIAMBAN_PICKLE_GLOBAL] = "global",
      [SIAMBAN_PICKLE_STORAGE] = "storage",
      [SIAMBAN_PICKLE_TENSOR] = "tensor",
  };

  return names[type];
}

gboolean
siamban_pickle_is_string (const SiambanPickleValue *value, const char *text)
{
  return value->type == SIAMBAN_PICKLE_STRING &&
         value->length == strlen (text) &&
         memcmp (value->text, text, value->length) == 0;
}

const SiambanPickleValue *
siamban_pickle_lookup (const SiambanPickleValue *dict, const char *key)
{
  for (guint i = 0; i < dict->items->len; i += 2)
    if (siamban_pickle_is_string (siamban_pickle_nth (dict->items, i), key))
      return siamban_pickle_nth (dict->items, i + 1);
  return NULL;
}
