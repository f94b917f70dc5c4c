/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the templates are written in. */
#include <arm_neon.h>
#include <string.h>

#define LANES       4
#define GEMM_ROWS   6
#define GEMM_PANELS 1

typedef float32x4_t vf;

static inline vf
vload (const float *p)
{
  return vld1q_f32 (p);
}

static inline vf
vload_bytes (const uint8_t *p)
{
  uint32_t four;
  memcpy (&four, p, sizeof four);
  uint16x8_t wide = vmovl_u8 (vcreate_u8 (four));
  return vcvtq_f32_u32 (vmovl_u16 (vget_low_u16 (wide)));
}

static inline void
vstore (float *p, vf x)
{
  vst1q_f32 (p, x);
}

static inline vf
vset (float x)
{
  return vdupq_n_f32 (x);
}

static inline vf
vmax (vf bound, vf x)
{
  return vmaxq_f32 (bound, x);
}

static inline vf
vmin (vf bound, vf x)
{
  return vminq_f32 (bound, x);
}

/* a * b + c */
static inline vf
vfma (vf a, vf b, vf c)
{
  return vfmaq_f32 (c, a, b);
}

#define VFMA(sum, a, b) sum = vfma (a, b, sum)

/* Read as one, @x costs no more than its load. */
#define VFMA_ONE(sum, x, b)                                                    \
  __asm__("fmla %0.4s, %1.4s, %2.s[0]" : "+w"(sum) : "w"(b), "w"((x)[0]))
