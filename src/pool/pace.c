/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/pace.h"

#include <math.h>

#define TRIAL        8 /* calls */
#define MIN_PATIENCE 16
#define MAX_PATIENCE 1024
#define MEMORY       32
/* A team has to bring something for the CPUs that it takes. */
#define WORTH 0.9
#define DRIFT 0.25

gboolean
siamban_pace_wants_team (const SiambanPace *pace)
{
  return pace->alone == pace->trying;
}

static void
pace_begin (SiambanPace *pace, gboolean trying)
{
  pace->trying = trying;
  pace->calls = 0;
  pace->seconds = 0;
}

static void
end_trial (SiambanPace *pace, gboolean alone)
{
  if (alone != pace->alone) {
    pace->patience = MIN_PATIENCE;
    pace->usual = pace->seconds / pace->calls;
  } else {
    pace->patience = MIN (2 * pace->patience, MAX_PATIENCE);
  }
  pace->alone = alone;
  pace->compared = pace->usual;
  pace_begin (pace, FALSE);
}

/* The trial is over as soon as it cannot change anything. */
static void
note_trial (SiambanPace *pace, double seconds)
{
  double limit = TRIAL * pace->usual * (pace->alone ? WORTH : 1 / WORTH);

  pace->seconds += seconds;
  if (pace->seconds > limit)
    end_trial (pace, pace->alone);
  else if (pace->calls == TRIAL)
    end_trial (pace, !pace->alone);
}

static void
note_usual (SiambanPace *pace, double seconds)
{
  gboolean first = pace->compared == 0;
  double weight = 1.0 / (first ? MIN (pace->calls, MEMORY) : MEMORY);
  unsigned patience = MAX (pace->patience, MIN_PATIENCE);
  gboolean drifted;

  pace->usual += weight * (seconds - pace->usual);
  drifted = !first && pace->calls >= patience / 4 &&
            fabs (pace->usual - pace->compared) > DRIFT * pace->compared;
  pace->patience = patience;
  if (drifted || pace->calls >= patience)
    pace_begin (pace, TRUE);
}

void
siamban_pace_note (SiambanPace *pace, gboolean with_team, double seconds)
{
  /* There may have been no threads for a team. */
  if (!with_team != !siamban_pace_wants_team (pace))
    return;
  pace->calls++;
  if (pace->trying)
    note_trial (pace, seconds);
  else
    note_usual (pace, seconds);
}
