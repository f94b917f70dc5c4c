/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/amx-dsp.h"

const SiambanAmxDsp *
siamban_amx_dsp (SiambanCpu level)
{
#ifdef SIAMBAN_HAVE_AMX
  if (level >= SIAMBAN_CPU_AMX)
    return &siamban_amx_dsp_amx;
#endif
  (void)level;
  return NULL;
}
