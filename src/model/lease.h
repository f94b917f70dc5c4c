/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_LEASE_H
#define SIAMBAN_MODEL_LEASE_H

#include "exec/exec.h"
#include "pool/pace.h"

/* What one run needs beside the model: a team, memory for maps, and room for
 * lists. The team comes first, so a model never has more leases than there are
 * teams at one time. */
typedef struct
{
  SiambanTeam *team;
  SiambanWorkspace *workspace;
  GPtrArray *pixels; /* the lists are empty when it is taken */
  GPtrArray *planes;
  GPtrArray *features;
  GPtrArray *outputs;
  GPtrArray *exposed;
} SiambanLease;

/* From @leases, a model's free ones, or a new one. Blocks until there are
 * threads: at most @threads (0: all), or one where @pace (nullable) has it that
 * more do not pay. */
SiambanLease *siamban_lease_take (
    GQueue *leases, const SiambanPace *pace, unsigned threads);
void siamban_lease_return (GQueue *leases, SiambanLease *lease);
/* As siamban_program_run(), whose time @pace (nullable) learns. */
void siamban_lease_run (SiambanLease *lease, SiambanPace *pace,
    const SiambanProgram *program, const SiambanRun *run);
void siamban_leases_clear (GQueue *leases);

#endif
