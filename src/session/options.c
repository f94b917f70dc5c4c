/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/options.h"

static const char *const status_names[] = {
    "tracked", "uncertain", "lost", "ended"};
static const char *const mode_names[] = {"reference", "robust"};
static const char *const event_names[] = {
    "added", "lost", "found", "resized", "reseeded", "ended", "refused"};
static const char *const reason_names[] = {
    "none", "removed", "cleared", "lost"};

const char *
siamban_status_name (SiambanStatus status)
{
  return status_names[status];
}

const char *
siamban_mode_name (SiambanMode mode)
{
  return mode_names[mode];
}

const char *
siamban_event_name (SiambanEventType type)
{
  return event_names[type];
}

const char *
siamban_end_reason_name (SiambanEndReason reason)
{
  return reason_names[reason];
}

gboolean
siamban_mode_from_name (const char *name, SiambanMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_names); i++) {
    if (g_strcmp0 (name, mode_names[i]) == 0) {
      *mode = (SiambanMode)i;
      return TRUE;
    }
  }
  return FALSE;
}

void
siamban_session_options_init (SiambanSessionOptions *options)
{
  *options = (SiambanSessionOptions){
      .mode = SIAMBAN_MODE_ROBUST,
      .max_targets = 64,
      .interval = 1,
      .first_id = 1,
      .lost_threshold = 0.15,
      .found_threshold = 0.75,
      .fusion = 0.4,
  };
}

static gboolean
is_share (double value)
{
  return value >= 0 && value <= 1;
}

/* What is wrong with them, or NULL. */
static const char *
problem_of (const SiambanSessionOptions *options)
{
  if (options->mode != SIAMBAN_MODE_REFERENCE &&
      options->mode != SIAMBAN_MODE_ROBUST)
    return "mode: expected reference or robust";
  if (options->max_targets == 0)
    return "max_targets: expected 1 or more";
  if (!is_share (options->lost_threshold))
    return "lost_threshold: expected 0 to 1";
  if (!is_share (options->found_threshold) ||
      options->found_threshold < options->lost_threshold)
    return "found_threshold: expected lost_threshold to 1";
  if (!is_share (options->fusion))
    return "fusion: expected 0 to 1";
  return NULL;
}

gboolean
siamban_options_check (const SiambanSessionOptions *options, GError **error)
{
  const char *problem = problem_of (options);

  if (problem)
    g_set_error_literal (error, SIAMBAN_ERROR, SIAMBAN_ERROR_ARGUMENT, problem);
  return !problem;
}
