/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TEST_CHECKPOINT_PICKLES_H
#define TEST_CHECKPOINT_PICKLES_H

/* Pickles as string literals, to be put together. */

/* What precedes the state in a legacy file. */
#define PREAMBLE                                                               \
  "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."                    \
  "\x80\2M\xe9\3."                                                             \
  "\x80\2}X\15\0\0\0little_endian\x88s."

#define CALL_REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"

/* @count: a pickled int; @view: None, or a tuple. */
#define STORAGE(class, key, count, view)                                       \
  "(X\7\0\0\0storagectorch\n" class "Storage\nX\1\0\0\0" key                   \
                                    "X\3\0\0\0cpu" count view "tQ"

#define HOOKS                                                                  \
  "\x89"                                                                       \
  "ccollections\nOrderedDict\n)R"

/* @offset: a pickled int; @shape, @strides: pickled tuples. */
#define TENSOR(storage, offset, shape, strides)                                \
  CALL_REBUILD "(" storage offset shape strides HOOKS "tR"

/* Two floats under key 0. */
#define PAIR   STORAGE ("Float", "0", "K\2", "N")
#define VECTOR TENSOR (PAIR, "K\0", "K\2\x85", "K\1\x85")

/* A state_dict with the tensor "w". */
#define STATE(tensor) "}X\1\0\0\0w" tensor "s."

/* What follows the state: the list of keys and the storage. */
#define STORAGES                                                               \
  "]X\1\0\0\0"                                                                 \
  "0"                                                                          \
  "a."                                                                         \
  "\2\0\0\0\0\0\0\0"                                                           \
  "\0\0\x80\x3f"                                                               \
  "\0\0\0\x40"

#endif
