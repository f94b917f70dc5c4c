/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstsiambancamera.h"

#include <math.h>

#define MAX_ZOOM 4. /* that it chooses by itself */

GType
gst_siamban_when_lost_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_SIAMBAN_WHEN_LOST_HOLD, "Stay where it was last", "hold"},
      {GST_SIAMBAN_WHEN_LOST_ZOOM_OUT, "Show all of the frame", "zoom-out"},
      {GST_SIAMBAN_WHEN_LOST_CENTRE, "Show the centre of the frame", "centre"},
      {0, NULL, NULL},
  };
  static gsize type;

  if (g_once_init_enter (&type)) {
    GType made = g_enum_register_static ("GstSiambanWhenLost", values);

    gst_type_mark_as_plugin_api (made, 0);
    g_once_init_leave (&type, made);
  }
  return type;
}

/* The highest speed from which steps of @dt that get slower by @acceleration
 * come to rest at @distance, after a whole number of them. */
static gdouble
braking_speed (gdouble distance, gdouble dt, gdouble acceleration)
{
  const gdouble unit = acceleration * dt * dt;
  const gdouble steps =
      MAX (ceil ((sqrt (1 + 8 * distance / unit) - 1) / 2), 1);

  return (distance / steps + unit * (steps - 1) / 2) / dt;
}

static void
axis_step (GstSiambanAxis *axis, gdouble goal, gdouble dt, gdouble max_speed,
    gdouble max_acceleration)
{
  const gdouble way = goal - axis->at;
  gdouble speed = fabs (way) / dt;

  if (max_acceleration > 0)
    speed = MIN (speed, braking_speed (fabs (way), dt, max_acceleration));
  if (max_speed > 0)
    speed = MIN (speed, max_speed);
  speed = copysign (speed, way);
  if (max_acceleration > 0)
    speed = CLAMP (speed, axis->speed - max_acceleration * dt,
        axis->speed + max_acceleration * dt);
  axis->speed = speed;
  axis->at += speed * dt;
}

/* Within low .. high; rounding may have put them in the other order. */
static gdouble
camera_confine (gdouble value, gdouble low, gdouble high)
{
  return MAX (MIN (value, high), low);
}

/* Keeps within limits by force; what stops there has no speed. */
static void
axis_confine (GstSiambanAxis *axis, gdouble low, gdouble high)
{
  if (axis->at >= low && axis->at <= high)
    return;
  axis->at = camera_confine (axis->at, low, high);
  axis->speed = 0;
}

/* Where to go to have @place at the edge of a dead zone, or nowhere. */
static gdouble
follow_edge (gdouble at, gdouble place, gdouble dead)
{
  const gdouble off = place - at;

  return at + off - CLAMP (off, -dead, dead);
}

static gdouble
camera_widest (const GstSiambanScene *scene)
{
  return MIN (scene->width,
      (gdouble)scene->height * scene->view_width / scene->view_height);
}

/* How wide the window should be to show @target; NULL: none. */
static gdouble
wanted_width (const GstSiambanCameraOptions *options,
    const GstSiambanScene *scene, const SiambanBox *target)
{
  const gdouble shape = (gdouble)scene->view_width / scene->view_height;
  gdouble width = camera_widest (scene);

  if (options->zoom > 0)
    width = scene->view_width / options->zoom;
  else if (target)
    width = MAX (MAX (target->w, target->h * shape) / options->target_size,
        scene->view_width / MAX_ZOOM);
  return CLAMP (width, MIN (2, camera_widest (scene)), camera_widest (scene));
}

/* Where the three axes should be. */
typedef struct
{
  gdouble x, y, size;
} Goal;

static Goal
goal_for_target (const GstSiambanCamera *camera,
    const GstSiambanCameraOptions *options, const GstSiambanScene *scene,
    const SiambanBox *target)
{
  const gdouble width = exp2 (camera->size.at);
  const gdouble height = width * scene->view_height / scene->view_width;
  const gdouble dead = options->dead_zone / 2;
  const gdouble size = log2 (wanted_width (options, scene, target));

  return (Goal){
      follow_edge (camera->x.at, target->x + target->w / 2, dead * width),
      follow_edge (camera->y.at, target->y + target->h / 2, dead * height),
      options->zoom > 0 ? size : follow_edge (camera->size.at, size, dead)};
}

static Goal
goal_when_lost (const GstSiambanCamera *camera,
    const GstSiambanCameraOptions *options, const GstSiambanScene *scene)
{
  const Goal hold = {camera->x.at, camera->y.at, camera->size.at};
  Goal goal = {scene->width / 2., scene->height / 2.,
      log2 (wanted_width (options, scene, NULL))};

  if (options->when_lost == GST_SIAMBAN_WHEN_LOST_HOLD)
    return hold;
  if (options->when_lost == GST_SIAMBAN_WHEN_LOST_ZOOM_OUT)
    goal.size = log2 (camera_widest (scene));
  else if (options->zoom == 0)
    goal.size = camera->size.at;
  return goal;
}

static void
camera_place (GstSiambanCamera *camera, const GstSiambanCameraOptions *options,
    const GstSiambanScene *scene, const SiambanBox *target)
{
  *camera = (GstSiambanCamera){
      .x = {target ? target->x + target->w / 2 : scene->width / 2., 0},
      .y = {target ? target->y + target->h / 2 : scene->height / 2., 0},
      .size = {log2 (wanted_width (options, scene, target)), 0},
      .placed = TRUE};
}

static void
camera_move (GstSiambanCamera *camera, const GstSiambanCameraOptions *options,
    const GstSiambanScene *scene, const SiambanBox *target, gdouble dt)
{
  const gdouble width = exp2 (camera->size.at);
  const gdouble height = width * scene->view_height / scene->view_width;
  const Goal goal = target ? goal_for_target (camera, options, scene, target)
                           : goal_when_lost (camera, options, scene);

  axis_step (&camera->x,
      camera_confine (goal.x, width / 2, scene->width - width / 2), dt,
      options->max_speed * width, options->max_acceleration * width);
  axis_step (&camera->y,
      camera_confine (goal.y, height / 2, scene->height - height / 2), dt,
      options->max_speed * width, options->max_acceleration * width);
  axis_step (&camera->size, goal.size, dt, options->max_speed,
      options->max_acceleration);
}

void
gst_siamban_camera_step (GstSiambanCamera *camera,
    const GstSiambanCameraOptions *options, const GstSiambanScene *scene,
    const SiambanBox *target, gdouble dt, SiambanBox *window)
{
  gdouble width, height;

  if (!camera->placed)
    camera_place (camera, options, scene, target);
  else if (dt > 0)
    camera_move (camera, options, scene, target, dt);
  axis_confine (&camera->size, 0, log2 (camera_widest (scene)));
  width = exp2 (camera->size.at);
  height = width * scene->view_height / scene->view_width;
  axis_confine (&camera->x, width / 2, scene->width - width / 2);
  axis_confine (&camera->y, height / 2, scene->height - height / 2);
  *window = (SiambanBox){
      camera->x.at - width / 2, camera->y.at - height / 2, width, height};
}
