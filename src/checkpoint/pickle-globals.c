/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/pickle-globals.h"

#define STORAGE(name, size, dtype)                                             \
  {                                                                            \
    "torch", name "Storage", SIAMBAN_GLOBAL_STORAGE, size, dtype               \
  }

/* The inert ones are how NumPy numbers are pickled: learning rates and losses
 * beside a state_dict. */
static const SiambanGlobal globals[] = {
    {"collections", "OrderedDict", SIAMBAN_GLOBAL_ORDERED_DICT, 0, -1},
    {"torch._utils", "_rebuild_tensor_v2", SIAMBAN_GLOBAL_REBUILD_TENSOR, 0,
        -1},
    {"torch._utils", "_rebuild_parameter", SIAMBAN_GLOBAL_REBUILD_PARAMETER, 0,
        -1},
    STORAGE ("Float", 4, SIAMBAN_DTYPE_F32),
    STORAGE ("Half", 2, SIAMBAN_DTYPE_F16),
    STORAGE ("BFloat16", 2, SIAMBAN_DTYPE_BF16),
    STORAGE ("Long", 8, SIAMBAN_DTYPE_I64),
    STORAGE ("Double", 8, -1),
    STORAGE ("Int", 4, -1),
    STORAGE ("Short", 2, -1),
    STORAGE ("Char", 1, -1),
    STORAGE ("Byte", 1, -1),
    STORAGE ("Bool", 1, -1),
    STORAGE ("ComplexFloat", 8, -1),
    STORAGE ("ComplexDouble", 16, -1),
    {"numpy.core.multiarray", "scalar", SIAMBAN_GLOBAL_INERT, 0, -1},
    {"numpy._core.multiarray", "scalar", SIAMBAN_GLOBAL_INERT, 0, -1},
    {"numpy", "dtype", SIAMBAN_GLOBAL_INERT, 0, -1},
    {"_codecs", "encode", SIAMBAN_GLOBAL_INERT, 0, -1},
};

static gboolean
same (const char *text, gsize length, const char *wanted)
{
  return length == strlen (wanted) && memcmp (text, wanted, length) == 0;
}

const SiambanGlobal *
siamban_global_find (const char *module, gsize module_length, const char *name,
    gsize name_length)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (same (module, module_length, globals[i].module) &&
        same (name, name_length, globals[i].name))
      return &globals[i];
  return NULL;
}
