/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernels of one table, SIAMBAN_TABLE, against the definitions in double:
 * dsp-check [SEED]. Needs nothing but the C library, so that it runs where no
 * others are: under emulators. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/dsp.h"

#define PANEL         SIAMBAN_PANEL
#define CANARY        0x7fa55aa5u
#define MAX_SIDE      8
#define MAX_POSITIONS (MAX_SIDE * MAX_SIDE)

extern const SiambanDsp SIAMBAN_TABLE;

static const SiambanDsp *const dsp = &SIAMBAN_TABLE;
static uint64_t random_state;
static int failures;

static unsigned
random_below (unsigned n)
{
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (random_state >> 33) % n;
}

static float
random_float (void)
{
  return random_below (1 << 24) / (float)(1 << 23) - 1;
}

static void
fail (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  fputs ("# ", stdout);
  vprintf (format, args);
  puts ("");
  va_end (args);
  failures++;
}

/* Floats between canaries and a page that nothing may touch. */
typedef struct
{
  float *data;
  size_t n;
  char *pages;
  size_t size;
} Buffer;

static void
fill_canaries (float *from, const float *to)
{
  const uint32_t canary = CANARY;

  for (; from < to; from++)
    memcpy (from, &canary, sizeof canary);
}

static int
is_canary (const float *x)
{
  const uint32_t canary = CANARY;

  return memcmp (x, &canary, sizeof canary) == 0;
}

static Buffer
buffer_new (size_t n)
{
  size_t page = sysconf (_SC_PAGESIZE);
  size_t size = (n * sizeof (float) + page) / page * page + page;
  char *pages = mmap (
      NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (pages == MAP_FAILED || mprotect (pages + size - page, page, PROT_NONE)) {
    perror ("dsp-check");
    exit (1);
  }
  float *end = (float *)(void *)(pages + size - page);
  fill_canaries ((float *)(void *)pages, end);
  return (Buffer){end - n, n, pages, size};
}

static Buffer
buffer_random (size_t n)
{
  Buffer buffer = buffer_new (n);

  for (size_t i = 0; i < n; i++)
    buffer.data[i] = random_float ();
  return buffer;
}

static void
buffer_free (Buffer *buffer)
{
  for (const float *x = (float *)(void *)buffer->pages; x < buffer->data; x++)
    if (!is_canary (x)) {
      fail ("wrote %zu floats in front of a buffer", buffer->data - x);
      break;
    }
  munmap (buffer->pages, buffer->size);
}

static void
expect (double value, double expected, double bound, const char *what)
{
  if (!(fabs (value - expected) <= bound))
    fail ("%s: %.9g, expected %.9g +- %.3g", what, value, expected, bound);
}

static double
clamp (double x, double low, double high)
{
  return fmin (fmax (x, low), high);
}

static SiambanFinish
random_finish (void)
{
  static const SiambanFinish all[] = {
      {SIAMBAN_HARD_NONE, -INFINITY, INFINITY},
      {SIAMBAN_HARD_NONE, 0, INFINITY},
      {SIAMBAN_HARD_NONE, 0, 6},
      {SIAMBAN_HARD_SWISH, -INFINITY, INFINITY},
      {SIAMBAN_HARD_SIGMOID, -INFINITY, INFINITY},
  };

  return all[random_below (5)];
}

static double
finish (const SiambanFinish *how, double x)
{
  double hard = clamp (x + 3, 0, 6) / 6;

  if (how->hard == SIAMBAN_HARD_NONE)
    return clamp (x, how->low, how->high);
  return how->hard == SIAMBAN_HARD_SWISH ? x * hard : hard;
}

typedef struct
{
  SiambanGemm g;
  size_t pixels, panels;
  const float **pointers;
  Buffer *inputs; /* one a pointer */
  Buffer b, c, bias, add;
} GemmCase;

static GemmCase
gemm_case (
    size_t pixels, size_t panels, size_t segments, size_t offset, size_t run)
{
  size_t pitch = pixels + random_below (3), width = panels * PANEL;
  size_t ldc = width + random_below (20), ld_add = width + random_below (20);
  size_t b_pitch = (run + random_below (3)) * PANEL;
  size_t b_panel = segments * b_pitch, n = segments * pitch;
  GemmCase t = {.pixels = pixels, .panels = panels};

  t.pointers = calloc (n + SIAMBAN_ROWS_AHEAD, sizeof *t.pointers);
  t.inputs = calloc (n, sizeof *t.inputs);
  for (size_t i = 0; i < n; i++) {
    t.inputs[i] = buffer_random (offset + run);
    t.pointers[i] = t.inputs[i].data;
  }
  t.b = buffer_random (panels * b_panel - b_pitch + run * PANEL);
  t.bias = buffer_random (width);
  t.add = buffer_random ((pixels - 1) * ld_add + width);
  t.c = buffer_new ((pixels - 1) * ldc + width);
  t.g = (SiambanGemm){t.pointers, pitch, segments, offset, run, t.b.data,
      b_pitch, b_panel, t.c.data, ldc, t.bias.data, t.add.data, ld_add,
      random_finish ()};
  return t;
}

static void
gemm_case_run (const GemmCase *t)
{
  dsp->gemm (&t->g, t->pixels, t->panels);
}

static void
gemm_case_free (GemmCase *t)
{
  for (size_t i = 0; i < t->g.n_segments * t->g.pitch; i++)
    buffer_free (&t->inputs[i]);
  buffer_free (&t->b);
  buffer_free (&t->bias);
  buffer_free (&t->add);
  buffer_free (&t->c);
  free (t->inputs);
  free (t->pointers);
}

/* Sum and, in @magnitude, that of its terms' magnitudes. */
static double
gemm_sum (const SiambanGemm *g, size_t row, size_t o, double *magnitude)
{
  double sum = 0;

  *magnitude = 0;
  for (size_t s = 0; s < g->n_segments; s++)
    for (size_t k = 0; k < g->run; k++) {
      double term =
          (double)g->rows[s * g->pitch + row][g->offset + k] *
          g->b[o / PANEL * g->b_panel + s * g->b_pitch + k * PANEL + o % PANEL];

      sum += term;
      *magnitude += fabs (term);
    }
  return sum;
}

static void
check_between_pixels (const GemmCase *t)
{
  for (size_t i = 0; i < t->c.n; i++)
    if (i % t->g.ldc >= t->panels * PANEL && !is_canary (t->c.data + i)) {
      fail ("gemm, %zu pixels: wrote between pixels", t->pixels);
      return;
    }
}

static void
check_gemm_values (const GemmCase *t, const float *add)
{
  const SiambanGemm *g = &t->g;
  size_t terms = g->n_segments * g->run + 2;

  for (size_t i = 0; i < t->pixels; i++)
    for (size_t o = 0; o < t->panels * PANEL; o++) {
      double magnitude, sum = gemm_sum (g, i, o, &magnitude);
      double more = g->bias ? g->bias[o] : 0;

      if (add)
        more += add[i * g->ld_add + o];
      expect (g->c[i * g->ldc + o], finish (&g->finish, sum + more),
          terms * 1.2e-7 * (magnitude + fabs (more) + 1), "gemm");
    }
  check_between_pixels (t);
}

/* Adds to what is in c. */
static void
add_in_place (GemmCase *t)
{
  size_t width = t->panels * PANEL;

  for (size_t i = 0; i < t->pixels * width; i++)
    t->c.data[i / width * t->g.ldc + i % width] = random_float ();
  buffer_free (&t->add);
  t->add = buffer_new (t->c.n);
  memcpy (t->add.data, t->c.data, t->c.n * sizeof (float));
  t->g.add = t->c.data;
  t->g.ld_add = t->g.ldc;
}

static void
check_gemm (size_t pixels, size_t segments, size_t offset, size_t run)
{
  GemmCase t = gemm_case (pixels, 1 + random_below (3), segments, offset, run);

  if (random_below (2))
    t.g.bias = NULL;
  switch (random_below (3)) {
    case 0:
      t.g.add = NULL;
      break;
    case 1:
      add_in_place (&t);
      break;
  }
  gemm_case_run (&t);
  check_gemm_values (&t, t.g.add ? t.add.data : NULL);
  gemm_case_free (&t);
}

static void
gemm_values (void)
{
  for (size_t pixels = 1; pixels <= 2 * dsp->rows + 1; pixels++) {
    for (size_t run = 1; run <= 9; run++)
      check_gemm (pixels, 1 + random_below (9), random_below (7), run);
    check_gemm (pixels, 1, 0, 512);
    check_gemm (pixels, 9, 16, 16 + random_below (100));
  }
}

/* A number that is not one stays so, in its row and no other. */
static void
gemm_not_finite (void)
{
  static const float values[] = {NAN, INFINITY, -INFINITY};

  for (size_t pixels = 1; pixels <= dsp->rows; pixels++)
    for (size_t v = 0; v < 3; v++) {
      GemmCase t = gemm_case (pixels, 1, 2, 0, 5);
      unsigned bad = random_below (pixels);

      t.inputs[bad].data[random_below (5)] = values[v];
      gemm_case_run (&t);
      for (size_t i = 0; i < pixels * PANEL; i++) {
        float x = t.c.data[i / PANEL * t.g.ldc + i % PANEL];
        double magnitude,
            sum = gemm_sum (&t.g, i / PANEL, i % PANEL, &magnitude);

        sum = isnan (sum) ? sum : finish (&t.g.finish, sum);
        if (i / PANEL != bad ? !isfinite (x)
            : isnan (sum)    ? !isnan (x)
                             : isinf (sum) && x != sum)
          fail ("gemm, %zu pixels: %g made %g of pixel %zu", pixels, values[v],
              x, i / PANEL);
      }
      gemm_case_free (&t);
    }
}

static void
gemm_denormal (void)
{
  const float tiny = 1e-41f;

  for (size_t pixels = 1; pixels <= dsp->rows; pixels++) {
    GemmCase t = gemm_case (pixels, 1, 1, 0, 1);

    t.g.finish = (SiambanFinish){SIAMBAN_HARD_NONE, -INFINITY, INFINITY};
    t.g.add = NULL;
    memset (t.bias.data, 0, PANEL * sizeof (float));
    for (unsigned i = 0; i < pixels; i++)
      t.inputs[i].data[0] = tiny;
    for (size_t o = 0; o < PANEL; o++)
      t.b.data[o] = 1;
    gemm_case_run (&t);
    for (size_t i = 0; i < pixels * PANEL; i++)
      expect (t.c.data[i / PANEL * t.g.ldc + i % PANEL], tiny, 0, "denormal");
    gemm_case_free (&t);
  }
}

typedef struct
{
  SiambanDepthwise d;
  size_t pixels;
  Buffer in, weight, c, bias, add;
} DepthwiseCase;

static DepthwiseCase
depthwise_case (size_t pixels, unsigned rows, unsigned columns)
{
  DepthwiseCase t = {.pixels = pixels};
  size_t ldc = PANEL + random_below (20), ld_add = PANEL + random_below (20);
  size_t column = PANEL + random_below (20), row = random_below (200);
  size_t step = random_below (100);
  size_t weight_column = PANEL + random_below (20);
  size_t weight_row = columns * weight_column + random_below (20);
  size_t taps = rows && columns;
  size_t reach = taps ? (rows - 1) * row + (columns - 1) * column : 0;
  size_t reach_weight =
      taps ? (rows - 1) * weight_row + (columns - 1) * weight_column : 0;

  t.in = buffer_random (((pixels - 1) * step + reach + PANEL) * taps);
  t.weight = buffer_random ((reach_weight + PANEL) * taps);
  t.bias = buffer_random (PANEL);
  t.add = buffer_random ((pixels - 1) * ld_add + PANEL);
  t.c = buffer_new ((pixels - 1) * ldc + PANEL);
  t.d = (SiambanDepthwise){t.in.data, step, rows, columns, row, column,
      t.weight.data, weight_row, weight_column, t.c.data, ldc,
      random_below (2) ? t.bias.data : NULL,
      random_below (2) ? t.add.data : NULL, ld_add, random_finish ()};
  return t;
}

static void
depthwise_case_free (DepthwiseCase *t)
{
  buffer_free (&t->in);
  buffer_free (&t->weight);
  buffer_free (&t->c);
  buffer_free (&t->bias);
  buffer_free (&t->add);
}

static double
depthwise_sum (const SiambanDepthwise *d, size_t pixel, size_t k)
{
  double sum = d->bias ? d->bias[k] : 0;

  for (unsigned r = 0; r < d->rows; r++)
    for (unsigned c = 0; c < d->columns; c++)
      sum += (double)d->in[pixel * d->step + r * d->row + c * d->column + k] *
             d->weight[r * d->weight_row + c * d->weight_column + k];
  return d->add ? sum + d->add[pixel * d->ld_add + k] : sum;
}

static void
check_depthwise (size_t pixels, unsigned rows, unsigned columns)
{
  DepthwiseCase t = depthwise_case (pixels, rows, columns);

  dsp->depthwise (&t.d, pixels);
  for (size_t i = 0; i < t.c.n; i++) {
    size_t pixel = i / t.d.ldc, k = i % t.d.ldc;

    if (k < PANEL)
      expect (t.c.data[i], finish (&t.d.finish, depthwise_sum (&t.d, pixel, k)),
          6e-6, "depthwise");
    else if (!is_canary (t.c.data + i))
      fail ("depthwise: wrote between pixels");
  }
  depthwise_case_free (&t);
}

static void
depthwise_values (void)
{
  for (size_t pixels = 1; pixels <= 20; pixels++)
    for (unsigned rows = 0; rows <= 5; rows++)
      for (unsigned columns = 0; columns <= 5; columns++)
        check_depthwise (pixels, rows, columns);
}

/* A number that is not one stays so, in its channel and no other; a denormal
 * one stays what it is. */
static void
depthwise_odd_numbers (void)
{
  static const float values[] = {NAN, INFINITY, 1e-41f};

  for (size_t pixels = 1; pixels <= 9; pixels++)
    for (size_t v = 0; v < 3; v++) {
      DepthwiseCase t = depthwise_case (pixels, 1, 1);
      size_t bad = random_below (PANEL);

      t.d.step = 0;
      t.d.bias = t.d.add = NULL;
      t.d.finish = (SiambanFinish){SIAMBAN_HARD_NONE, -INFINITY, INFINITY};
      t.in.data[bad] = values[v];
      t.weight.data[bad] = 1;
      dsp->depthwise (&t.d, pixels);
      for (size_t i = 0; i < pixels * PANEL; i++) {
        float x = t.c.data[i / PANEL * t.d.ldc + i % PANEL];

        if (i % PANEL != bad ? !isfinite (x)
            : v == 0         ? !isnan (x)
                             : x != values[v])
          fail ("depthwise, %zu pixels: %g made %g", pixels, values[v], x);
      }
      depthwise_case_free (&t);
    }
}

static void
widen_values (void)
{
  for (size_t n = 0; n <= 70; n++) {
    /* Up to the page that nothing may touch. */
    Buffer in = buffer_random (n / 4 + 1), out = buffer_new (n);
    uint8_t *bytes = (uint8_t *)(in.data + in.n) - n;

    for (size_t i = 0; i < n; i++)
      bytes[i] = random_below (256);
    dsp->widen (bytes, n, out.data);
    for (size_t i = 0; i < n; i++)
      expect (out.data[i], bytes[i], 0, "widen");
    buffer_free (&in);
    buffer_free (&out);
  }
}

static void
check_scale (size_t n, size_t pixels)
{
  const SiambanFinish how = random_finish ();
  Buffer x = buffer_random (n * pixels), by = buffer_random (n);
  Buffer to = buffer_new (n * pixels);

  dsp->scale (x.data, by.data, n, pixels, &how, to.data);
  for (size_t i = 0; i < to.n; i++)
    expect (to.data[i], finish (&how, (double)x.data[i] * by.data[i % n]), 2e-7,
        "scale");
  x.data[n - 1] = NAN;
  dsp->scale (x.data, by.data, n, pixels, &how, to.data);
  for (size_t i = 0; i < to.n; i++)
    if (!isnan (to.data[i]) != (i != n - 1))
      fail ("scale made %g next to a NaN", to.data[i]);
  buffer_free (&x);
  buffer_free (&by);
  buffer_free (&to);
}

static void
scale_values (void)
{
  for (size_t n = PANEL; n <= 5 * PANEL; n += PANEL)
    for (size_t pixels = 1; pixels <= 5; pixels++)
      check_scale (n, pixels);
}

static void
sum_values (void)
{
  for (size_t pixels = 1; pixels <= 70; pixels++) {
    size_t ld = PANEL + random_below (20);
    Buffer x = buffer_random ((pixels - 1) * ld + PANEL);
    Buffer to = buffer_new (PANEL);

    dsp->sum (x.data, ld, pixels, to.data);
    for (size_t k = 0; k < PANEL; k++) {
      double all = 0, magnitude = 0;

      for (size_t i = 0; i < pixels; i++) {
        all += x.data[i * ld + k];
        magnitude += fabs (x.data[i * ld + k]);
      }
      expect (to.data[k], all, pixels * FLT_EPSILON * magnitude, "sum");
    }
    buffer_free (&x);
    buffer_free (&to);
  }
}

/* One tile: pixels and filters to sums at each position, as the kernels
 * make them. */
typedef struct
{
  const SiambanWinograd *kernels;
  size_t side, positions, n;
  Buffer pixels[MAX_POSITIONS];
  Buffer weight; /* n x 9 x PANEL */
  Buffer sums;
  size_t pitch; /* of sums */
} Tile;

static void
check_apart (const Buffer *buffer, size_t pitch, size_t n, const char *what)
{
  for (size_t i = 0; i < buffer->n; i++)
    if ((i % pitch >= n) != is_canary (buffer->data + i)) {
      fail ("%s: did not write its %zu floats at each position", what, n);
      return;
    }
}

static Buffer
transform_pixels (const Tile *t, size_t pitch)
{
  const float *pixels[MAX_POSITIONS];
  Buffer v = buffer_new ((t->positions - 1) * pitch + t->n);

  for (size_t i = 0; i < t->positions; i++)
    pixels[i] = t->pixels[i].data;
  t->kernels->input (pixels, t->n, v.data, pitch);
  check_apart (&v, pitch, t->n, "winograd input");
  return v;
}

static Buffer
transform_weights (const Tile *t, int row, size_t pitch)
{
  Buffer u = buffer_new ((t->side - 1) * pitch + t->n * PANEL);

  t->kernels->weight (t->weight.data, t->n, row, u.data, pitch);
  check_apart (&u, pitch, t->n * PANEL, "winograd weight");
  return u;
}

static Tile
tile_new (const SiambanWinograd *kernels, size_t n)
{
  Tile t = {.kernels = kernels, .side = kernels->tile + 2, .n = n};

  t.positions = t.side * t.side;
  t.pitch = PANEL + random_below (20);
  for (size_t i = 0; i < t.positions; i++)
    t.pixels[i] = buffer_random (n);
  t.weight = buffer_random (n * 9 * PANEL);
  t.sums = buffer_new ((t.positions - 1) * t.pitch + PANEL);
  return t;
}

static void
tile_free (Tile *t)
{
  for (size_t i = 0; i < t->positions; i++)
    buffer_free (&t->pixels[i]);
  buffer_free (&t->weight);
  buffer_free (&t->sums);
}

static void
multiply (const Tile *t)
{
  size_t v_pitch = t->n + random_below (20);
  size_t u_pitch = t->n * PANEL + random_below (20);
  Buffer v = transform_pixels (t, v_pitch);

  for (size_t row = 0; row < t->side; row++) {
    Buffer u = transform_weights (t, row, u_pitch);

    for (size_t i = 0; i < t->side * PANEL; i++) {
      size_t at = row * t->side + i / PANEL;
      double sum = 0;

      for (size_t k = 0; k < t->n; k++)
        sum += (double)v.data[at * v_pitch + k] *
               u.data[i / PANEL * u_pitch + k * PANEL + i % PANEL];
      t->sums.data[at * t->pitch + i % PANEL] = sum;
    }
    buffer_free (&u);
  }
  buffer_free (&v);
}

static double
convolve (const Tile *t, size_t row, size_t column, size_t o)
{
  double sum = 0;

  for (size_t tap = 0; tap < 9; tap++)
    for (size_t k = 0; k < t->n; k++)
      sum += (double)t->pixels[(row + tap / 3) * t->side + column + tap % 3]
                 .data[k] *
             t->weight.data[(k * 9 + tap) * PANEL + o];
  return sum;
}

static void
check_pixels (const Tile *t, const SiambanWinogradOut *out, double bound)
{
  for (int i = 0; i < out->rows; i++)
    for (int j = 0; j < out->columns; j++)
      for (size_t o = 0; o < PANEL; o++) {
        double expected = convolve (t, i, j, o) + out->bias[o];

        if (out->residual)
          expected += out->residual[i * out->residual_row +
                                    j * out->residual_column + o];
        expect (out->c[i * out->row + j * out->column + o],
            finish (&out->finish, expected), bound, "winograd");
      }
}

static void
check_around (const Buffer *c, const SiambanWinogradOut *out)
{
  for (size_t i = 0; i < c->n; i++) {
    size_t row = i / out->row, column = i % out->row / out->column;
    int inside = row < (size_t)out->rows && column < (size_t)out->columns &&
                 i % out->row % out->column < PANEL;

    if (inside == is_canary (c->data + i)) {
      fail ("winograd output: wrote elsewhere than to its pixels");
      return;
    }
  }
}

static void
check_tile (const SiambanWinograd *kernels, size_t n, int rows, int columns)
{
  Tile t = tile_new (kernels, n);
  SiambanWinogradOut out = {
      .rows = rows, .columns = columns, .finish = random_finish ()};

  out.column = PANEL + random_below (20);
  out.row = kernels->tile * out.column + random_below (20);
  out.residual_column = PANEL + random_below (20);
  out.residual_row = kernels->tile * out.residual_column;
  Buffer c = buffer_new (rows * out.row);
  Buffer bias = buffer_random (PANEL);
  Buffer residual = buffer_random (rows * out.residual_row);
  out.c = c.data;
  out.bias = bias.data;
  out.residual = random_below (2) ? residual.data : NULL;
  multiply (&t);
  kernels->output (t.sums.data, t.pitch, &out);
  check_pixels (&t, &out, 2e-6 * 9 * n);
  check_around (&c, &out);
  buffer_free (&c);
  buffer_free (&bias);
  buffer_free (&residual);
  tile_free (&t);
}

static void
winograd_values (void)
{
  for (size_t w = 0; w < SIAMBAN_N_WINOGRAD; w++) {
    const SiambanWinograd *kernels = &dsp->winograd[w];

    for (int rows = 1; rows <= kernels->tile; rows++)
      for (int columns = 1; columns <= kernels->tile; columns++)
        check_tile (kernels, PANEL * (1 + random_below (3)), rows, columns);
  }
}

static void
winograd_not_finite (void)
{
  for (size_t w = 0; w < SIAMBAN_N_WINOGRAD; w++) {
    const SiambanWinograd *kernels = &dsp->winograd[w];
    float c[MAX_POSITIONS * PANEL], bias[PANEL] = {0};
    SiambanWinogradOut out = {.c = c,
        .row = kernels->tile * PANEL,
        .column = PANEL,
        .rows = kernels->tile,
        .columns = kernels->tile,
        .bias = bias,
        .finish = {SIAMBAN_HARD_NONE, 0, 6}};
    Tile t = tile_new (kernels, PANEL);
    size_t bad = random_below (t.positions);

    t.pixels[bad].data[random_below (PANEL)] = NAN;
    multiply (&t);
    kernels->output (t.sums.data, t.pitch, &out);
    for (int i = 0; i < kernels->tile * kernels->tile; i++)
      for (size_t o = 0; o < PANEL; o++)
        if (isnan (convolve (&t, i / kernels->tile, i % kernels->tile, o)) &&
            !isnan (c[i * PANEL + o]))
          fail ("winograd: a number came out where none went in");
    tile_free (&t);
  }
}

static void
check_taps (size_t rows, size_t n, size_t row, size_t step)
{
  Buffer a = buffer_random ((rows - 1) * row + (n - 1) * step + 1);
  Buffer b = buffer_random (n * SIAMBAN_TAPS);
  Buffer c = buffer_random (rows * SIAMBAN_TAPS);
  Buffer before = buffer_new (c.n);

  memcpy (before.data, c.data, c.n * sizeof (float));
  dsp->taps (a.data, row, step, rows, n, b.data, c.data);
  for (size_t i = 0; i < c.n; i++) {
    double sum = before.data[i];

    for (size_t k = 0; k < n; k++)
      sum += (double)a.data[i / SIAMBAN_TAPS * row + k * step] *
             b.data[k * SIAMBAN_TAPS + i % SIAMBAN_TAPS];
    expect (c.data[i], sum, 1e-6 * (n + 1), "taps");
  }
  buffer_free (&a);
  buffer_free (&b);
  buffer_free (&c);
  buffer_free (&before);
}

/* Pixels by channels, and channels by pixels. */
static void
taps_values (void)
{
  for (size_t rows = 1; rows < 20; rows++) {
    size_t n = 1 + random_below (40);

    check_taps (rows, n, n + random_below (3), 1);
    check_taps (rows, n, 1, rows + random_below (3));
  }
}

static void
taps_not_finite (void)
{
  float a[7] = {0}, b[SIAMBAN_TAPS] = {0}, c[7 * SIAMBAN_TAPS] = {0};

  a[random_below (7)] = INFINITY;
  dsp->taps (a, 1, 1, 7, 1, b, c);
  for (int i = 0; i < 7 * SIAMBAN_TAPS; i++)
    if (isnan (c[i]) != isinf (a[i / SIAMBAN_TAPS]))
      fail ("taps: what is not finite went elsewhere");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (void);
  } tests[] = {
      {"gemm", gemm_values},
      {"gemm-not-finite", gemm_not_finite},
      {"gemm-denormal", gemm_denormal},
      {"depthwise", depthwise_values},
      {"depthwise-odd-numbers", depthwise_odd_numbers},
      {"widen", widen_values},
      {"scale", scale_values},
      {"sum", sum_values},
      {"taps", taps_values},
      {"taps-not-finite", taps_not_finite},
      {"winograd", winograd_values},
      {"winograd-not-finite", winograd_not_finite},
  };
  const int n = sizeof tests / sizeof *tests;
  unsigned seed = argc > 1 ? strtoul (argv[1], NULL, 0) : (unsigned)getpid ();
  int red = 0;

#ifdef SIAMBAN_NEEDS
  if (!__builtin_cpu_supports (SIAMBAN_NEEDS)) {
    puts ("1..0 # SKIP this CPU does not have " SIAMBAN_NEEDS);
    return 0;
  }
#endif
  printf ("1..%d\n# seed %u\n", n, seed);
  for (int i = 0; i < n; i++) {
    random_state = seed;
    failures = 0;
    tests[i].run ();
    printf ("%sok %d %s\n", failures ? "not " : "", i + 1, tests[i].name);
    red += failures != 0;
  }
  return red != 0;
}
