/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/depthwise.h"

/* Places begin..end-1, along one axis, at which taps from..to-1 of the window
 * lie inside the map. */
typedef struct
{
  int begin, end;
  int from, to;
} Span;

/* How many places of taps, at @start and then every @dilation, lie below 0. */
static int
taps_below (int start, int dilation, int taps)
{
  return CLAMP ((dilation - 1 - start) / dilation, 0, taps);
}

static Span
span_at (const SiambanWindow *window, int place, int size, int taps)
{
  int start = place * window->stride - window->pad;
  int from = taps_below (start, window->dilation, taps);
  int to = taps_below (start - size, window->dilation, taps);

  return (Span){place, place + 1, from, to};
}

/* Those from @begin to @end - 1, at most 2 * taps + 2. */
static int
find_spans (const SiambanWindow *window, int begin, int end, int size, int taps,
    Span *spans)
{
  int n = 0;

  for (int place = begin; place < end; place++) {
    Span span = span_at (window, place, size, taps);

    if (n > 0 && spans[n - 1].from == span.from && spans[n - 1].to == span.to)
      spans[n - 1].end++;
    else
      spans[n++] = span;
  }
  return n;
}

static const float *
first_tap (const SiambanWindow *window, int image, const Span *y, const Span *x)
{
  const SiambanMaps *in = window->in;
  int row =
      y->begin * window->stride - window->pad + y->from * window->dilation;
  int column =
      x->begin * window->stride - window->pad + x->from * window->dilation;

  if (y->from == y->to || x->from == x->to)
    return in->data;
  return in->data + (((size_t)image * in->h + row) * in->w + column) * in->ld;
}

/* One panel of a rectangle all of whose pixels have the same taps, along its
 * longer side. */
static void
run_rectangle (const SiambanWindow *window, int image, const Span *y,
    const Span *x, int panel)
{
  const SiambanMaps *in = window->in, *out = window->out, *add = window->add;
  int wide = x->end - x->begin, high = y->end - y->begin;
  gboolean across = wide >= high;
  size_t k = (size_t)panel * SIAMBAN_PANEL, line = (size_t)in->w * in->ld;
  size_t tap = (size_t)y->from * window->w + x->from;
  size_t at = ((size_t)image * out->h + y->begin) * out->w + x->begin;
  size_t step = window->stride * (across ? (size_t)in->ld : line);
  size_t skip = window->stride * (across ? line : (size_t)in->ld);
  size_t next = across ? 1 : out->w, other = across ? out->w : 1;
  SiambanDepthwise d = {
      .in = first_tap (window, image, y, x) + k,
      .step = step,
      .rows = y->to - y->from,
      .columns = x->to - x->from,
      .row = window->dilation * line,
      .column = (size_t)window->dilation * in->ld,
      .weight = window->weight + tap * window->weight_pitch + k,
      .weight_row = window->w * window->weight_pitch,
      .weight_column = window->weight_pitch,
      .c = out->data + at * out->ld + k,
      .ldc = next * out->ld,
      .bias = window->bias ? window->bias + k : NULL,
      .add = add ? add->data + at * add->ld + k : NULL,
      .ld_add = add ? next * add->ld : 0,
      .finish = window->finish,
  };

  for (int i = 0; i < MIN (wide, high); i++) {
    window->dsp->depthwise (&d, MAX (wide, high));
    d.in += skip;
    d.c += other * out->ld;
    if (add)
      d.add += other * add->ld;
  }
}

/* A panel's filters and a few rows of its pixels stay in the first-level
 * cache. */
void
siamban_window_run (const SiambanWindow *window, int image, int begin, int end,
    int first, int last)
{
  Span *y = g_newa (Span, 2 * window->h + 2);
  Span *x = g_newa (Span, 2 * window->w + 2);
  int n_y = find_spans (window, begin, end, window->in->h, window->h, y);
  int n_x = find_spans (window, 0, window->out->w, window->in->w, window->w, x);

  for (int panel = first; panel < last; panel++)
    for (int i = 0; i < n_y; i++)
      for (int j = 0; j < n_x; j++)
        run_rectangle (window, image, &y[i], &x[j], panel);
}
