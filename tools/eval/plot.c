/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot.h"

#include <cairo.h>
#include <math.h>

#define PANEL_WIDTH  380.0
#define PANEL_HEIGHT 320.0
#define MARGIN       44.0
#define ROW          14.0
#define TICKS        5
#define FEW          10 /* frames that a share says nothing about */

typedef struct
{
  const char *title;
  const char *x_title, *y_title;
  double x_last;
  double left, top;
} Panel;

typedef struct
{
  double x, y;
} Point;

/* Told apart by people who see few colours, too. */
static const double colours[EVAL_PLOT_MOST][3] = {{0, 0.45, 0.7},
    {0.84, 0.37, 0}, {0, 0.62, 0.45}, {0.8, 0.47, 0.65}, {0.34, 0.71, 0.91},
    {0.9, 0.62, 0}, {0.45, 0.45, 0.45}, {0, 0, 0}};

static Point
plot_place (const Panel *panel, double x, double y)
{
  double width = PANEL_WIDTH - 2 * MARGIN, height = PANEL_HEIGHT - 2 * MARGIN;

  return (Point){panel->left + MARGIN + width * x / panel->x_last,
      panel->top + MARGIN + height * (1 - y)};
}

static void
write_centred (cairo_t *cairo, double x, double y, const char *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cairo, text, &extents);
  cairo_move_to (cairo, x - extents.width / 2, y);
  cairo_show_text (cairo, text);
}

static void
draw_ticks (cairo_t *cairo, const Panel *panel)
{
  for (int i = 0; i <= TICKS; i++) {
    double part = (double)i / TICKS;
    Point below = plot_place (panel, panel->x_last * part, 0);
    Point beside = plot_place (panel, 0, part);
    Point end = plot_place (panel, panel->x_last, part);
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    cairo_set_source_rgb (cairo, 0.88, 0.88, 0.88);
    cairo_move_to (cairo, beside.x, beside.y);
    cairo_line_to (cairo, end.x, end.y);
    cairo_stroke (cairo);
    cairo_set_source_rgb (cairo, 0.2, 0.2, 0.2);
    g_ascii_formatd (text, sizeof text, "%.4g", panel->x_last * part);
    write_centred (cairo, below.x, below.y + ROW, text);
    g_ascii_formatd (text, sizeof text, "%.1f", part);
    write_centred (cairo, beside.x - ROW, beside.y + 4, text);
  }
}

static void
draw_frame (cairo_t *cairo, const Panel *panel)
{
  Point low = plot_place (panel, 0, 0),
        high = plot_place (panel, panel->x_last, 1);

  draw_ticks (cairo, panel);
  cairo_rectangle (cairo, low.x, high.y, high.x - low.x, low.y - high.y);
  cairo_stroke (cairo);
  write_centred (cairo, (low.x + high.x) / 2, high.y - ROW, panel->title);
  write_centred (cairo, (low.x + high.x) / 2, low.y + 2 * ROW, panel->x_title);
  cairo_move_to (cairo, low.x - 2 * ROW, high.y - 5);
  cairo_show_text (cairo, panel->y_title);
}

/* Where confidence and share are the same. */
static void
draw_diagonal (cairo_t *cairo, const Panel *panel)
{
  Point from = plot_place (panel, 0, 0), to = plot_place (panel, 1, 1);

  cairo_set_source_rgb (cairo, 0.7, 0.7, 0.7);
  cairo_move_to (cairo, from.x, from.y);
  cairo_line_to (cairo, to.x, to.y);
  cairo_stroke (cairo);
}

/* Points that are not numbers are left out. */
static void
draw_curve (cairo_t *cairo, const Panel *panel, const double *x,
    const double *y, guint n, guint colour)
{
  const double *rgb = colours[colour];

  cairo_set_source_rgb (cairo, rgb[0], rgb[1], rgb[2]);
  cairo_set_line_width (cairo, 1.8);
  cairo_new_path (cairo);
  for (guint i = 0; i < n; i++) {
    Point point = plot_place (panel, x[i], y[i]);

    if (isfinite (x[i]) && isfinite (y[i]))
      cairo_line_to (cairo, point.x, point.y);
  }
  cairo_stroke (cairo);
  cairo_set_line_width (cairo, 1);
}

/* The more frames, the larger the point. */
static void
draw_reliability (
    cairo_t *cairo, const Panel *panel, const EvalCharts *charts, guint colour)
{
  double x[EVAL_BINS], y[EVAL_BINS];
  guint n = 0;

  for (guint b = 0; b < EVAL_BINS; b++) {
    const EvalBin *bin = &charts->bins[b];
    Point point = plot_place (panel, bin->confidence, bin->right);

    if (bin->frames < FEW)
      continue;
    x[n] = bin->confidence;
    y[n++] = bin->right;
    cairo_new_path (cairo);
    cairo_arc (
        cairo, point.x, point.y, 1 + log10 ((double)bin->frames), 0, 2 * G_PI);
    cairo_set_source_rgb (
        cairo, colours[colour][0], colours[colour][1], colours[colour][2]);
    cairo_fill (cairo);
  }
  draw_curve (cairo, panel, x, y, n, colour);
}

static void
draw_legend (
    cairo_t *cairo, const Panel *panel, const EvalPlotted *plotted, guint n)
{
  for (guint i = 0; i < n; i++) {
    double sum = eval_mean (plotted[i].charts->success, EVAL_SUCCESS_POINTS);
    g_autofree char *text = g_strdup_printf ("%s  %.3f", plotted[i].name, sum);
    Point corner = plot_place (panel, 0, 0);
    double y = corner.y - 8 - ROW * (n - 1 - i);

    cairo_set_source_rgb (cairo, colours[i][0], colours[i][1], colours[i][2]);
    cairo_move_to (cairo, corner.x + 8, y);
    cairo_show_text (cairo, text);
  }
}

static void
draw_panels (cairo_t *cairo, const EvalPlotted *plotted, guint n)
{
  const double right = PANEL_WIDTH, below = PANEL_HEIGHT;
  const Panel panels[] = {
      {"success (AUC)", "overlap above", "share of frames", 1, 0, 0},
      {"precision", "centre within, pixels", "share of frames", 50, right, 0},
      {"long-term", "recall", "precision", 1, 0, below},
      {"reliability", "confidence", "overlap above 0.5", 1, right, below},
  };

  for (guint p = 0; p < G_N_ELEMENTS (panels); p++)
    draw_frame (cairo, &panels[p]);
  draw_diagonal (cairo, &panels[3]);
  for (guint i = 0; i < n; i++) {
    const EvalCharts *c = plotted[i].charts;

    draw_curve (
        cairo, &panels[0], c->overlap, c->success, EVAL_SUCCESS_POINTS, i);
    draw_curve (
        cairo, &panels[1], c->distance, c->precision, EVAL_PRECISION_POINTS, i);
    draw_curve (
        cairo, &panels[2], c->lt_recall, c->lt_precision, EVAL_LT_POINTS, i);
    draw_reliability (cairo, &panels[3], c, i);
  }
  draw_legend (cairo, &panels[0], plotted, n);
}

gboolean
eval_plot_write (
    const EvalPlotted *plotted, guint n, const char *path, GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int)(2 * PANEL_WIDTH), (int)(2 * PANEL_HEIGHT));
  cairo_t *cairo = cairo_create (surface);
  cairo_status_t status;

  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_select_font_face (
      cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cairo, 11);
  cairo_set_line_width (cairo, 1);
  draw_panels (cairo, plotted, n);
  cairo_destroy (cairo);
  status = cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_IO, "%s: %s", path,
      cairo_status_to_string (status));
  return FALSE;
}
