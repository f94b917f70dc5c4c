/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checkpoint/pickle-globals.h"

#define STORAGE(module, name, size, dtype)                                     \
  {                                                                            \
    module, name "Storage", SIAMBAN_GLOBAL_STORAGE, size, dtype                \
  }

#define CALL(module, name, kind)                                               \
  {                                                                            \
    module, name, SIAMBAN_GLOBAL_##kind, 0, 0                                  \
  }

static const SiambanGlobal globals[] = {
    CALL ("collections", "OrderedDict", ORDERED_DICT),
    CALL ("torch", "Size", TUPLE),
    CALL ("torch._utils", "_rebuild_tensor", REBUILD_TENSOR),
    CALL ("torch._utils", "_rebuild_tensor_v2", REBUILD_TENSOR),
    CALL ("torch._utils", "_rebuild_tensor_v3", REBUILD_TYPED),
    CALL ("torch._utils", "_rebuild_parameter", REBUILD_PARAMETER),
    CALL ("torch._utils", "_rebuild_parameter_with_state", REBUILD_PARAMETER),
    CALL ("torch._tensor", "_rebuild_from_type_v2", REBUILD_FROM_TYPE),
    STORAGE ("torch", "Float", 4, SIAMBAN_DTYPE_F32),
    STORAGE ("torch", "Half", 2, SIAMBAN_DTYPE_F16),
    STORAGE ("torch", "BFloat16", 2, SIAMBAN_DTYPE_BF16),
    STORAGE ("torch", "Long", 8, SIAMBAN_DTYPE_I64),
    STORAGE ("torch", "Double", 8, SIAMBAN_DTYPE_F64),
    STORAGE ("torch", "Int", 4, SIAMBAN_DTYPE_I32),
    STORAGE ("torch", "Short", 2, SIAMBAN_DTYPE_I16),
    STORAGE ("torch", "Char", 1, SIAMBAN_DTYPE_I8),
    STORAGE ("torch", "Byte", 1, SIAMBAN_DTYPE_U8),
    STORAGE ("torch", "Bool", 1, SIAMBAN_DTYPE_BOOL),
    STORAGE ("torch", "ComplexFloat", 8, SIAMBAN_DTYPE_C64),
    STORAGE ("torch", "ComplexDouble", 16, SIAMBAN_DTYPE_C128),
    STORAGE ("torch", "QInt8", 1, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch", "QUInt8", 1, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch", "QInt32", 4, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch", "QUInt4x2", 1, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch", "QUInt2x4", 1, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch", "Untyped", 1, SIAMBAN_DTYPE_OTHER),
    STORAGE ("torch.storage", "Untyped", 1, SIAMBAN_DTYPE_OTHER),
};

static gboolean
pickle_globals_same (const char *text, gsize length, const char *wanted)
{
  return length == strlen (wanted) && memcmp (text, wanted, length) == 0;
}

const SiambanGlobal *
siamban_global_find (const char *module, gsize module_length, const char *name,
    gsize name_length)
{
  for (guint i = 0; i < G_N_ELEMENTS (globals); i++)
    if (pickle_globals_same (module, module_length, globals[i].module) &&
        pickle_globals_same (name, name_length, globals[i].name))
      return &globals[i];
  return NULL;
}
