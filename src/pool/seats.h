/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_POOL_SEATS_H
#define SIAMBAN_POOL_SEATS_H

#include <glib.h>
#include <sched.h>

/* Which CPU is counted as whose. It says only how many threads fit where; the
 * kernel decides on which CPU of its mask a thread runs. */
typedef struct
{
  cpu_set_t cpus; /* that the party may sit on */
  int end;        /* above all of them */
  unsigned n;     /* CPUs that are its own */
} SiambanParty;

typedef struct
{
  SiambanParty *owners[CPU_SETSIZE];
} SiambanSeats;

void siamban_party_init (SiambanParty *party, const cpu_set_t *cpus);

/* Gives @party one more CPU of its mask, for which others move within theirs,
 * if need be. FALSE if that cannot be. */
gboolean siamban_seats_take (SiambanSeats *seats, SiambanParty *party);
/* Takes @n of them back. */
void siamban_seats_leave (SiambanSeats *seats, SiambanParty *party, unsigned n);

#endif
