/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/pickle-globals.h"

/* A state_dict of a thousand tensors takes 50,000. Nothing is ever copied twice
 * or walked in depth. */
#define MAX_OPCODES (1u << 20)

#define MAX_PROTOCOL 5

/* What values take may be this many times the file, and for small files this
 * many bytes. A tensor takes 1,500, and 500 of a file at least. */
#define MAX_GROWTH 4
#define FREE_BYTES ((guint64)1 << 21)

/* Names of foreign globals that are told apart. */
#define MAX_FOREIGN 32

/* Bytes that one more array takes before anything is in it, about. */
#define ARRAY_SIZE 96

typedef struct
{
  SiambanBytes rest;
  guint64 budget; /* bytes of memory that are left */
  guint n_opcodes;
  gboolean stopped;
  gboolean cut_off;
  GArray *stack; /* SiambanPickleValue */
  GArray *marks; /* guint, places in the stack */
  GArray *memo;  /* SiambanPickleValue */
  SiambanPickle *pickle;
  GError **error;
} Machine;

static gboolean
refuse_cut_off (Machine *m)
{
  m->cut_off = TRUE;
  return siamban_refuse (m->error, "the pickle is cut off");
}

static const guint8 *
pickle_take (Machine *m, guint64 n)
{
  const guint8 *data = m->rest.data;

  if (n > m->rest.size) {
    refuse_cut_off (m);
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
  const guint8 *data = pickle_take (m, width);

  if (!data)
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
  value->text = (const char *)pickle_take (m, length);
  if (!value->text)
    return FALSE;
  if (length > G_MAXUINT32)
    return siamban_refuse (m->error, "a text of the pickle is over 4 GiB long");
  value->length = (guint32)length;
  return TRUE;
}

/* Takes @n bytes from what memory is left. */
static gboolean
pickle_charge (Machine *m, guint64 n)
{
  if (n > m->budget)
    return siamban_refuse (m->error,
        "the pickle makes more values than a file of this size has use for");
  m->budget -= n;
  return TRUE;
}

static gboolean
pickle_push (Machine *m, SiambanPickleValue value)
{
  if (!pickle_charge (m, sizeof value))
    return FALSE;
  g_array_append_val (m->stack, value);
  return TRUE;
}

static gboolean
push_opaque (Machine *m, const char *what)
{
  return pickle_push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_OPAQUE, .text = what});
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
pickle_top (Machine *m, guint n)
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
pickle_drop (Machine *m, guint n)
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
pickle_expect (Machine *m, const SiambanPickleValue *value,
    SiambanPickleType type, const char *where)
{
  const SiambanPickleValue wanted = {.type = type, .text = "set"};

  if (value->type != type)
    return siamban_refuse (m->error, "the pickle has %s in place of the %s %s",
        siamban_pickle_describe (value), siamban_pickle_describe (&wanted),
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
  return size <= m->rest.size || refuse_cut_off (m);
}

static gboolean
run_stop (Machine *m, guint arg)
{
  (void)arg;
  if (m->stack->len != 1 || m->marks->len != 0)
    return siamban_refuse (m->error, "the pickle stops without one result");
  m->pickle->root = *pickle_top (m, 1);
  m->stopped = TRUE;
  return TRUE;
}

static gboolean
run_mark (Machine *m, guint arg)
{
  (void)arg;
  if (!pickle_charge (m, sizeof m->stack->len))
    return FALSE;
  g_array_append_val (m->marks, m->stack->len);
  return TRUE;
}

static gboolean
run_none (Machine *m, guint arg)
{
  (void)arg;
  return pickle_push (m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_NONE});
}

static gboolean
run_bool (Machine *m, guint truth)
{
  return pickle_push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_BOOL, .integer = truth});
}

static gboolean
run_int (Machine *m, guint width)
{
  guint64 number;

  if (!take_number (m, width, &number))
    return FALSE;
  return pickle_push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_INT,
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
    return pickle_push (m, value);
  for (guint i = 0; i < n; i++)
    bits |= (guint64)(guint8)value.text[i] << (8 * i);
  if (n > 0 && n < 8 && value.text[n - 1] & 0x80)
    bits |= G_MAXUINT64 << (8 * n);
  return pickle_push (m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_INT,
                             .integer = (gint64)bits});
}

static gboolean
run_float (Machine *m, guint width)
{
  return pickle_take (m, width) && push_opaque (m, "float");
}

static gboolean
run_string (Machine *m, guint width)
{
  SiambanPickleValue value = {.type = SIAMBAN_PICKLE_STRING};

  return take_text (m, width, &value) && pickle_push (m, value);
}

static gboolean
run_bytes (Machine *m, guint width)
{
  SiambanPickleValue value;

  return take_text (m, width, &value) && push_opaque (m, "bytes");
}

static gboolean
run_empty (Machine *m, guint type)
{
  return pickle_charge (m, ARRAY_SIZE) &&
         pickle_push (m, (SiambanPickleValue){
                             .type = type, .items = new_items (m, NULL, 0)});
}

static gboolean
run_empty_set (Machine *m, guint arg)
{
  (void)arg;
  return push_opaque (m, "set");
}

/* Python keeps marks on its stack: where there is no value, one is popped. */
static gboolean
run_pop (Machine *m, guint arg)
{
  (void)arg;
  if (m->marks->len > 0 &&
      g_array_index (m->marks, guint, m->marks->len - 1) == m->stack->len)
    g_array_set_size (m->marks, m->marks->len - 1);
  else if (pickle_top (m, 1))
    pickle_drop (m, 1);
  else
    return FALSE;
  return TRUE;
}

static gboolean
run_pop_mark (Machine *m, guint arg)
{
  guint n = 0;

  (void)arg;
  if (!pop_mark (m, &n))
    return FALSE;
  pickle_drop (m, n);
  return TRUE;
}

static gboolean
run_frozenset (Machine *m, guint arg)
{
  return run_pop_mark (m, arg) && push_opaque (m, "frozenset");
}

static gboolean
make_tuple (Machine *m, guint n)
{
  const SiambanPickleValue *from = pickle_top (m, n);
  SiambanPickleValue tuple = {.type = SIAMBAN_PICKLE_TUPLE};

  if (!from || !pickle_charge (m, ARRAY_SIZE + n * sizeof *from))
    return FALSE;
  tuple.items = new_items (m, from, n);
  pickle_drop (m, n);
  return pickle_push (m, tuple);
}

static gboolean
run_tuple (Machine *m, guint arg)
{
  (void)arg;
  guint n = 0;

  return pop_mark (m, &n) && make_tuple (m, n);
}

/* Moves the topmost @n values into the list or dict below them. */
static gboolean
pickle_extend (Machine *m, guint n, SiambanPickleType type)
{
  SiambanPickleValue *target = pickle_top (m, n + 1);

  if (target && target->type == SIAMBAN_PICKLE_OPAQUE) {
    pickle_drop (m, n);
    return TRUE;
  }
  if (!target || !pickle_expect (m, target, type, "that values are added to") ||
      !pickle_charge (m, n * sizeof *target))
    return FALSE;
  if (type == SIAMBAN_PICKLE_DICT && n % 2 != 0)
    return siamban_refuse (m->error, "the pickle has a key without a value");
  g_array_append_vals (target->items, target + 1, n);
  pickle_drop (m, n);
  return TRUE;
}

static gboolean
run_append (Machine *m, guint arg)
{
  (void)arg;
  return pickle_extend (m, 1, SIAMBAN_PICKLE_LIST);
}

static gboolean
run_setitem (Machine *m, guint arg)
{
  (void)arg;
  return pickle_extend (m, 2, SIAMBAN_PICKLE_DICT);
}

static gboolean
run_extend (Machine *m, guint type)
{
  guint n = 0;

  return pop_mark (m, &n) && pickle_extend (m, n, type);
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
  return pickle_push (m, *siamban_pickle_nth (m->memo, index));
}

/* Picklers count their puts, so that an index is never ahead of the number of
 * opcodes. */
static gboolean
run_put (Machine *m, guint width)
{
  guint64 index = m->memo->len;
  const SiambanPickleValue *value = pickle_top (m, 1);

  if (!value || (width > 0 && !take_number (m, width, &index)))
    return FALSE;
  if (index > m->n_opcodes)
    return siamban_refuse (
        m->error, "memo index %u of the pickle is too large", (guint)index);
  if (index >= m->memo->len) {
    if (!pickle_charge (m, (index + 1 - m->memo->len) * sizeof *value))
      return FALSE;
    g_array_set_size (m->memo, index + 1);
  }
  g_array_index (m->memo, SiambanPickleValue, index) = *value;
  return TRUE;
}

/* "module.name", escaped, once for each. */
static const char *
name_foreign (Machine *m, const char *module, gsize module_length,
    const char *name, gsize name_length)
{
  GPtrArray *known = m->pickle->foreign;
  g_autofree char *first = siamban_quote (module, module_length);
  g_autofree char *last = siamban_quote (name, name_length);
  char *both;

  first[strlen (first) - 1] = '\0';
  last[strlen (last) - 1] = '\0';
  both = g_strconcat (first + 1, ".", last + 1, NULL);
  for (guint i = 0; i < known->len; i++)
    if (g_str_equal (g_ptr_array_index (known, i), both)) {
      g_free (both);
      return g_ptr_array_index (known, i);
    }
  if (known->len == MAX_FOREIGN) {
    g_free (both);
    return "an object";
  }
  g_ptr_array_add (known, both);
  return both;
}

static gboolean
push_global (Machine *m, const char *module, gsize module_length,
    const char *name, gsize name_length)
{
  const SiambanGlobal *global =
      siamban_global_find (module, module_length, name, name_length);

  if (!global)
    return push_opaque (
        m, name_foreign (m, module, module_length, name, name_length));
  return pickle_push (
      m, (SiambanPickleValue){.type = SIAMBAN_PICKLE_GLOBAL, .global = global});
}

static const char *
take_line (Machine *m, gsize *length)
{
  const guint8 *line = m->rest.data;
  const guint8 *end = memchr (line, '\n', m->rest.size);

  if (!end) {
    refuse_cut_off (m);
    return NULL;
  }
  *length = end - line;
  return (const char *)pickle_take (m, *length + 1);
}

static gboolean
run_global (Machine *m, guint arg)
{
  (void)arg;
  gsize module_length, name_length;
  const char *module = take_line (m, &module_length);
  const char *name = module ? take_line (m, &name_length) : NULL;

  return name && push_global (m, module, module_length, name, name_length);
}

static gboolean
run_stack_global (Machine *m, guint arg)
{
  (void)arg;
  const SiambanPickleValue *pair = pickle_top (m, 2);
  SiambanPickleValue module, name;

  if (!pair)
    return FALSE;
  module = pair[0];
  name = pair[1];
  if (!pickle_expect (
          m, &module, SIAMBAN_PICKLE_STRING, "that names a module") ||
      !pickle_expect (m, &name, SIAMBAN_PICKLE_STRING, "that names a global"))
    return FALSE;
  pickle_drop (m, 2);
  return push_global (m, module.text, module.length, name.text, name.length);
}

static gboolean
is_storage_id (const GArray *items)
{
  return items->len >= 5 &&
         siamban_pickle_nth (items, 1)->type == SIAMBAN_PICKLE_GLOBAL &&
         siamban_pickle_nth (items, 1)->global->kind ==
             SIAMBAN_GLOBAL_STORAGE &&
         siamban_pickle_nth (items, 2)->type == SIAMBAN_PICKLE_STRING &&
         siamban_pickle_nth (items, 2)->length <= SIAMBAN_MAX_STORAGE_KEY &&
         siamban_pickle_nth (items, 4)->type == SIAMBAN_PICKLE_INT &&
         siamban_pickle_nth (items, 4)->integer >= 0;
}

/* Other ids are those of a whole model's classes. */
static gboolean
run_persistent_id (Machine *m, guint arg)
{
  SiambanPickleValue *id = pickle_top (m, 1);

  (void)arg;
  if (!id)
    return FALSE;
  if (id->type != SIAMBAN_PICKLE_TUPLE || id->items->len == 0 ||
      !siamban_pickle_is_string (
          siamban_pickle_nth (id->items, 0), "storage")) {
    pickle_drop (m, 1);
    return push_opaque (m, "an object that is kept elsewhere");
  }
  if (!is_storage_id (id->items))
    return siamban_refuse (m->error, "a persistent id of the pickle is not "
                                     "('storage', class, key, location, size)");
  id->type = SIAMBAN_PICKLE_STORAGE;
  g_ptr_array_add (m->pickle->storages, id->items);
  return pickle_charge (m, sizeof (gpointer));
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
  if (!pickle_expect (m, siamban_pickle_nth (args, 0), SIAMBAN_PICKLE_LIST,
          "of an OrderedDict's items"))
    return FALSE;
  pairs = siamban_pickle_nth (args, 0)->items;
  for (guint i = 0; i < pairs->len; i++) {
    const SiambanPickleValue *pair = siamban_pickle_nth (pairs, i);

    if (pair->type != SIAMBAN_PICKLE_LIST || pair->items->len != 2)
      return siamban_refuse (
          m->error, "an item of an OrderedDict is not a key and a value");
    if (!pickle_charge (m, 2 * sizeof *pair))
      return FALSE;
    g_array_append_vals (dict, pair->items->data, 2);
  }
  g_array_set_size (pairs, 0);
  return TRUE;
}

static gboolean pickle_call (Machine *m, const SiambanGlobal *global,
    const GArray *args, SiambanPickleValue *result);

/* The first argument, of that type. */
static gboolean
call_first (Machine *m, const GArray *args, SiambanPickleType type,
    SiambanPickleValue *result)
{
  *result = *siamban_pickle_nth (args, 0);
  return pickle_expect (m, result, type, "that is asked for");
}

static void
call_typed (const GArray *args, SiambanPickleValue *result)
{
  const SiambanPickleValue *type = siamban_pickle_nth (args, 6);

  *result = (SiambanPickleValue){
      .type = SIAMBAN_PICKLE_OPAQUE, .text = siamban_pickle_describe (type)};
}

/* A tensor that has attributes: the call that makes it, one more level down. */
static gboolean
call_from_type (Machine *m, const GArray *args, SiambanPickleValue *result)
{
  const SiambanPickleValue *arg = siamban_pickle_nth (args, 0);

  *result = (SiambanPickleValue){
      .type = SIAMBAN_PICKLE_OPAQUE, .text = siamban_pickle_describe (arg)};
  if (arg[0].type != SIAMBAN_PICKLE_GLOBAL ||
      arg[0].global->kind == SIAMBAN_GLOBAL_REBUILD_FROM_TYPE ||
      arg[2].type != SIAMBAN_PICKLE_TUPLE)
    return TRUE;
  return pickle_call (m, arg[0].global, arg[2].items, result);
}

/* The value that calling @global with @args stands for. */
static gboolean
pickle_call (Machine *m, const SiambanGlobal *global, const GArray *args,
    SiambanPickleValue *result)
{
  static const guint least[] = {
      [SIAMBAN_GLOBAL_TUPLE] = 1,
      [SIAMBAN_GLOBAL_REBUILD_TYPED] = 7,
      [SIAMBAN_GLOBAL_REBUILD_PARAMETER] = 1,
      [SIAMBAN_GLOBAL_REBUILD_FROM_TYPE] = 3,
      [SIAMBAN_GLOBAL_STORAGE] = G_MAXUINT,
  };

  if (args->len < least[global->kind])
    return siamban_refuse (m->error, "the pickle calls %s.%s wrongly",
        global->module, global->name);
  switch (global->kind) {
    case SIAMBAN_GLOBAL_TUPLE:
      return call_first (m, args, SIAMBAN_PICKLE_TUPLE, result);
    case SIAMBAN_GLOBAL_REBUILD_TENSOR:
      result->type = SIAMBAN_PICKLE_TENSOR;
      result->items = (GArray *)args;
      return TRUE;
    case SIAMBAN_GLOBAL_REBUILD_TYPED:
      call_typed (args, result);
      return TRUE;
    case SIAMBAN_GLOBAL_REBUILD_PARAMETER:
      return call_first (m, args, SIAMBAN_PICKLE_TENSOR, result);
    case SIAMBAN_GLOBAL_REBUILD_FROM_TYPE:
      return call_from_type (m, args, result);
    default:
      result->type = SIAMBAN_PICKLE_DICT;
      result->items = new_items (m, NULL, 0);
      return pickle_charge (m, ARRAY_SIZE) &&
             fill_dict (m, result->items, args);
  }
}

/* @n values: what is called, its arguments, and for NEWOBJ_EX named ones. */
static gboolean
run_call (Machine *m, guint n)
{
  const SiambanPickleValue *values = pickle_top (m, n);
  SiambanPickleValue result = {0};

  if (!values)
    return FALSE;
  if (values[0].type == SIAMBAN_PICKLE_OPAQUE)
    result = values[0];
  else if (!pickle_expect (
               m, &values[0], SIAMBAN_PICKLE_GLOBAL, "that is called") ||
           !pickle_expect (
               m, &values[1], SIAMBAN_PICKLE_TUPLE, "of arguments") ||
           !pickle_call (m, values[0].global, values[1].items, &result))
    return FALSE;
  pickle_drop (m, n);
  return pickle_push (m, result);
}

/* What is built up is an OrderedDict's _metadata, or part of what is opaque. */
static gboolean
run_build (Machine *m, guint arg)
{
  const SiambanPickleValue *pair = pickle_top (m, 2);

  (void)arg;
  if (!pair)
    return FALSE;
  if (pair[0].type != SIAMBAN_PICKLE_OPAQUE &&
      pair[0].type != SIAMBAN_PICKLE_TENSOR &&
      !pickle_expect (m, &pair[0], SIAMBAN_PICKLE_DICT, "whose state is set"))
    return FALSE;
  pickle_drop (m, 1);
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
  ['0'] = {"POP", run_pop, 0},
  ['1'] = {"POP_MARK", run_pop_mark, 0},
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
  ['R'] = {"REDUCE", run_call, 2},
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
  [0x81] = {"NEWOBJ", run_call, 2},
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
  [0x8f] = {"EMPTY_SET", run_empty_set, 0},
  [0x90] = {"ADDITEMS", run_extend, SIAMBAN_PICKLE_OPAQUE},
  [0x91] = {"FROZENSET", run_frozenset, 0},
  [0x92] = {"NEWOBJ_EX", run_call, 3},
  [0x93] = {"STACK_GLOBAL", run_stack_global, 0},
  [0x94] = {"MEMOIZE", run_put, 0},
  [0x95] = {"FRAME", run_frame, 8},
  [0x96] = {"BYTEARRAY8", run_bytes, 8},
  [0x97] = {"NEXT_BUFFER", NULL, 0},
  [0x98] = {"READONLY_BUFFER", NULL, 0},
};
/* clang-format on */

static gboolean
pickle_step (Machine *m)
{
  const guint8 *code = pickle_take (m, 1);

  if (!code)
    return FALSE;
  if (!opcodes[*code].run)
    return siamban_refuse (m->error,
        "the pickle has opcode 0x%02x (%s), which no state_dict needs", *code,
        opcodes[*code].name ? opcodes[*code].name : "unknown");
  if (m->n_opcodes++ == MAX_OPCODES)
    return siamban_refuse (
        m->error, "the pickle has more than %u opcodes", MAX_OPCODES);
  return opcodes[*code].run (m, opcodes[*code].arg);
}

static SiambanPickle *
pickle_new (void)
{
  SiambanPickle *pickle = g_new0 (SiambanPickle, 1);

  pickle->storages = g_ptr_array_new ();
  pickle->arrays =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  pickle->foreign = g_ptr_array_new_with_free_func (g_free);
  return pickle;
}

SiambanPickle *
siamban_pickle_read (
    SiambanBytes data, guint64 file_size, gboolean *cut_off, GError **error)
{
  Machine m = {.rest = data, .pickle = pickle_new (), .error = error};
  gboolean fine = TRUE;

  m.budget = FREE_BYTES + MAX_GROWTH * MIN (file_size, G_MAXINT64 / MAX_GROWTH);
  m.stack = g_array_sized_new (FALSE, FALSE, sizeof (SiambanPickleValue), 64);
  m.marks = g_array_new (FALSE, FALSE, sizeof (guint));
  m.memo = g_array_new (FALSE, TRUE, sizeof (SiambanPickleValue));
  while (fine && !m.stopped)
    fine = pickle_step (&m);
  m.pickle->size = data.size - m.rest.size;
  g_array_unref (m.stack);
  g_array_unref (m.marks);
  g_array_unref (m.memo);
  if (cut_off)
    *cut_off = m.cut_off;
  if (!fine)
    g_clear_pointer (&m.pickle, siamban_pickle_free);
  return m.pickle;
}

void
siamban_pickle_free (SiambanPickle *pickle)
{
  g_ptr_array_unref (pickle->storages);
  g_ptr_array_unref (pickle->arrays);
  g_ptr_array_unref (pickle->foreign);
  g_free (pickle);
}

const char *
siamban_pickle_describe (const SiambanPickleValue *value)
{
  static const char *const names[] = {
      [SIAMBAN_PICKLE_UNSET] = "nothing",
      [SIAMBAN_PICKLE_NONE] = "None",
      [SIAMBAN_PICKLE_BOOL] = "bool",
      [SIAMBAN_PICKLE_INT] = "int",
      [SIAMBAN_PICKLE_LONG] = "long int",
      [SIAMBAN_PICKLE_STRING] = "str",
      [SIAMBAN_PICKLE_TUPLE] = "tuple",
      [SIAMBAN_PICKLE_LIST] = "list",
      [SIAMBAN_PICKLE_DICT] = "dict",
      [SIAMBAN_PICKLE_GLOBAL] = "global",
      [SIAMBAN_PICKLE_STORAGE] = "storage",
      [SIAMBAN_PICKLE_TENSOR] = "tensor",
  };

  return value->type == SIAMBAN_PICKLE_OPAQUE ? value->text
                                              : names[value->type];
}

GStrv
siamban_pickle_list_foreign (const SiambanPickle *pickle)
{
  GStrv names = g_new0 (char *, pickle->foreign->len + 1);

  for (guint i = 0; i < pickle->foreign->len; i++)
    names[i] = g_strdup (g_ptr_array_index (pickle->foreign, i));
  return names;
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
