/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <siamban/error.h>

G_DEFINE_QUARK (siamban - error - quark, siamban_error)
