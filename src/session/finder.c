/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/finder.h"

#include <math.h>

/* Frames running that it must surely be there. */
#define ENOUGH 2

/* Confidence that makes a place suspect, and for how many frames at most. */
#define HINT      0.15
#define MAX_HINTS 8

/* Views of the last place before the first tile; and of every so many after
 * that. */
#define FIRST_TURNS 4
#define EVERY       3

/* How much wider the view from further away is. */
#define FAR 1.5

/* Along a side of the frame. */
#define MAX_TILES 1000

void
siamban_finder_begin (SiambanFinder *finder, double x, double y)
{
  *finder = (SiambanFinder){.seen = 1, .x = x, .y = y};
}

static SiambanView
view_of (const SiambanTrackState *state, const SiambanTrackParams *params,
    double cx, double cy, double times)
{
  SiambanView view = {.cx = cx, .cy = cy};

  view.side =
      rint (times * siamban_track_search_side (state, params, &view.scale));
  view.scale /= times;
  return view;
}

/* So many that the object is whole in at least one. */
static guint
tiles_along (double length, double side, double object)
{
  double step = fmax (side - object, side / 2);

  return length <= side
             ? 1
             : (guint)fmin (ceil ((length - side) / step) + 1, MAX_TILES);
}

static double
tile_centre (double length, double side, guint n, guint i)
{
  if (n == 1)
    return length / 2;
  return side / 2 + (length - side) * i / (n - 1);
}

static SiambanView
next_tile (SiambanFinder *finder, const SiambanTrackState *state,
    const SiambanTrackParams *params, int width, int height)
{
  SiambanView view = view_of (state, params, 0, 0, 1);
  guint columns = tiles_along (width, view.side, state->w);
  guint rows = tiles_along (height, view.side, state->h);
  guint i = finder->tiles++ % (columns * rows);

  view.cx = tile_centre (width, view.side, columns, i % columns);
  view.cy = tile_centre (height, view.side, rows, i / columns);
  return view;
}

SiambanView
siamban_finder_view (SiambanFinder *finder, const SiambanTrackState *state,
    const SiambanTrackParams *params, int width, int height)
{
  guint turn;

  if (finder->seen > 0)
    return view_of (state, params, finder->x, finder->y, 1);
  turn = finder->turns++;
  if (turn < FIRST_TURNS || turn % EVERY == 0)
    return view_of (state, params, state->cx, state->cy, turn % 2 ? FAR : 1);
  return next_tile (finder, state, params, width, height);
}

gboolean
siamban_finder_judge (SiambanFinder *finder, double confidence,
    double threshold, double x, double y)
{
  finder->x = x;
  finder->y = y;
  if (confidence >= threshold) {
    finder->seen = MAX (finder->seen, 1) + 1;
  } else if (confidence >= HINT && finder->followed < MAX_HINTS) {
    finder->seen = 1;
    finder->followed++;
  } else {
    finder->seen = finder->followed = 0;
  }
  return finder->seen > ENOUGH;
}
