/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PICKLE_H
#define SIAMBAN_PICKLE_H

#include "checkpoint/checkpoint-private.h"

/* A reader of Python pickles that knows what a state_dict is made of. It runs
 * nothing: what any other global, class or call would make is one opaque value
 * with a name. Opcodes that no pickler of today writes are refused. Values are
 * views of the pickle or of each other, may be cyclic, and live as long as the
 * SiambanPickle; never walk them without a bound on depth. */

/* A storage's key is a number. */
#define SIAMBAN_MAX_STORAGE_KEY 32

typedef enum
{
  SIAMBAN_PICKLE_UNSET,
  SIAMBAN_PICKLE_NONE,
  SIAMBAN_PICKLE_BOOL,   /* integer */
  SIAMBAN_PICKLE_INT,    /* integer */
  SIAMBAN_PICKLE_LONG,   /* text: over 64 bits, little-endian */
  SIAMBAN_PICKLE_STRING, /* text, not terminated, of unchecked encoding */
  SIAMBAN_PICKLE_OPAQUE, /* text: what it was, terminated, escaped */
  SIAMBAN_PICKLE_TUPLE,  /* items */
  SIAMBAN_PICKLE_LIST,   /* items */
  SIAMBAN_PICKLE_DICT,   /* items: key, value, key, value... */
  SIAMBAN_PICKLE_GLOBAL, /* global */
  /* Items of the persistent id: 'storage', storage class, key, location,
   * number of elements, then view or nothing; the first three and the fifth
   * are sure to be of these types, the key not to be longer than
   * SIAMBAN_MAX_STORAGE_KEY, the number not to be negative. */
  SIAMBAN_PICKLE_STORAGE,
  /* Items of the arguments: storage, offset, shape, stride; not yet checked. */
  SIAMBAN_PICKLE_TENSOR
} SiambanPickleType;

typedef enum
{
  SIAMBAN_GLOBAL_ORDERED_DICT,
  SIAMBAN_GLOBAL_TUPLE,             /* (tuple) */
  SIAMBAN_GLOBAL_REBUILD_TENSOR,    /* (storage, offset, shape, stride ...) */
  SIAMBAN_GLOBAL_REBUILD_TYPED,     /* its seventh argument is its type */
  SIAMBAN_GLOBAL_REBUILD_PARAMETER, /* (tensor ...) */
  SIAMBAN_GLOBAL_REBUILD_FROM_TYPE, /* (function, class, arguments, state) */
  SIAMBAN_GLOBAL_STORAGE
} SiambanGlobalKind;

typedef struct
{
  const char *module;
  const char *name;
  SiambanGlobalKind kind;
  guint element_size; /* of a storage class, in bytes */
  SiambanDtype dtype; /* of a storage class */
} SiambanGlobal;

typedef struct
{
  SiambanPickleType type;
  guint32 length; /* of text */
  union
  {
    gint64 integer;
    const char *text;
    GArray *items; /* of SiambanPickleValue */
    const SiambanGlobal *global;
  };
} SiambanPickleValue;

typedef struct
{
  SiambanPickleValue root;
  gsize size;          /* of the pickle, in bytes */
  GPtrArray *storages; /* items of each storage's id, in order */
  GPtrArray *arrays;   /* owns all items */
  GPtrArray *foreign;  /* char *: "module.name" of globals not known */
} SiambanPickle;

/* Reads the pickle at the start of @data. Memory is taken in proportion to
 * @file_size, the whole file's, and no more. @cut_off (nullable): whether it
 * failed because @data ends too early. */
SiambanPickle *siamban_pickle_read (
    SiambanBytes data, guint64 file_size, gboolean *cut_off, GError **error);
void siamban_pickle_free (SiambanPickle *pickle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiambanPickle, siamban_pickle_free)

/* "int", "dict" ... as Python calls it, or what an opaque value was. */
const char *siamban_pickle_describe (const SiambanPickleValue *value);

/* The foreign globals' names. Transfer full. */
GStrv siamban_pickle_list_foreign (const SiambanPickle *pickle);

gboolean siamban_pickle_is_string (
    const SiambanPickleValue *value, const char *text);

/* The value under the string @key of a dict, or NULL. */
const SiambanPickleValue *siamban_pickle_lookup (
    const SiambanPickleValue *dict, const char *key);

static inline const SiambanPickleValue *
siamban_pickle_nth (const GArray *items, guint index)
{
  return &g_array_index (items, SiambanPickleValue, index);
}

#endif
