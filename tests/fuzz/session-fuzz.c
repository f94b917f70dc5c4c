/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choices of tests/session/anything.c are the bytes of the input; pixels
 * and the network's answers, which are many, come from a generator. */
#include "../session/anything.h"
#include "fuzz.h"

gint32 __wrap_g_test_rand_int (void);
gint32 __wrap_g_test_rand_int_range (gint32 begin, gint32 end);
double __wrap_g_test_rand_double_range (double begin, double end);

#define MAX_STEPS      120
#define BYTES_PER_STEP 4

static struct
{
  const uint8_t *at, *end;
  guint64 state;
} input;

static guint32
generate (void)
{
  input.state ^= input.state << 13;
  input.state ^= input.state >> 7;
  input.state ^= input.state << 17;
  return (guint32)(input.state >> 32);
}

gint32
__wrap_g_test_rand_int (void)
{
  return (gint32)(generate () >> 1);
}

gint32
__wrap_g_test_rand_int_range (gint32 begin, gint32 end)
{
  guint32 choice = input.at < input.end ? *input.at++ : generate ();

  return begin + (gint32)(choice % (guint32)(end - begin));
}

double
__wrap_g_test_rand_double_range (double begin, double end)
{
  return begin + (end - begin) * generate () / G_MAXUINT32;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  input.at = data;
  input.end = data + size;
  input.state = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  anything_run (1, MIN (1 + (int)size / BYTES_PER_STEP, MAX_STEPS));
  return 0;
}
