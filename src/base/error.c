/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <siamban/error.h>

/* clang-format off */
G_DEFINE_QUARK (siamban-error-quark, siamban_error)
