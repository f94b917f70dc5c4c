/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#define SIAMBAN_VNNI
#include "kernels/x86/simd-int-avx512.h"

#define DSP siamban_int_dsp_avx512_vnni
#include "kernels/tmpl/int.h"
