/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PICKLE_H
#define SIAMBAN_PICKLE_H

#include "checkpoint/checkpoint-private.h"

/* A reader of Python pickles that knows what a state_dict and its usual
 * neighbours (epoch, optimizer, learning rates) are made of, and refuses every
 * other opcode and global by name. It runs nothing. Values are views of the
 * pickle or of each other, may be cyclic, and live as long as the
 * SiambanPickle; never walk them without a bound on depth. */

typedef enum
{
  SIAMBAN_PICKLE_UNSET,
  SIAMBAN_PICKLE_NONE,
  SIAMBAN_PICKLE_BOOL,   /* integer */
  SIAMBAN_PICKLE_INT,    /* integer */
  SIAMBAN_PICKLE_LONG,   /* text: over 64 bits, little-endian */
  SIAMBAN_PICKLE_STRING, /* text, not terminated, of unchecked encoding */
  SIAMBAN_PICKLE_OPAQUE, /* float, bytes, NumPy number: not kept */
  SIAMBAN_PICKLE_TUPLE,  /* items */
  SIAMBAN_PICKLE_LIST,   /* items */
  SIAMBAN_PICKLE_DICT,   /* items: key, value, key, value... */
  SIAMBAN_PICKLE_GLOBAL, /* global */
  /* Items of the persistent id: 'storage', storage class, key, location,
   * number of elements, then view or nothing; the first three and the fifth
   * are sure to be of these types, the number not to be negative. */
  SIAMBAN_PICKLE_STORAGE,
  /* Items of _rebuild_tensor_v2's arguments, not yet checked. */
  SIAMBAN_PICKLE_TENSOR
} SiambanPickleType;

typedef enum
{
  SIAMBAN_GLOBAL_ORDERED_DICT,
  SIAMBAN_GLOBAL_REBUILD_TENSOR,
  SIAMBAN_GLOBAL_REBUILD_PARAMETER,
  SIAMBAN_GLOBAL_INERT,
  SIAMBAN_GLOBAL_STORAGE
} SiambanGlobalKind;

typedef struct
{
  const char *module;
  const char *name;
  SiambanGlobalKind kind;
  guint element_size; /* of a storage class, in bytes */
  int dtype;          /* of a storage class: a SiambanDtype, or -1 */
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
  GPtrArray *storages; /* items of each persistent id, in order */
  GPtrArray *arrays;   /* owns all items */
} SiambanPickle;

/* Reads the pickle at the start of @data. */
SiambanPickle *siamban_pickle_read (SiambanSpan data, GError **error);
void siamban_pickle_free (SiambanPickle *pickle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiambanPickle, siamban_pickle_free)

/* "int", "dict" ... as Python calls it. */
const char *siamban_pickle_type_name (SiambanPickleType type);

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
