/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "kernels/x86/simd-int-avx2.h"

#define DSP siamban_int_dsp_avx2
#include "kernels/tmpl/int.h"
