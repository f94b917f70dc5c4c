/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/seats.h"

void
siamban_party_init (SiambanParty *party, const cpu_set_t *cpus)
{
  *party = (SiambanParty){.cpus = *cpus, .end = CPU_SETSIZE};
  while (party->end > 0 && !CPU_ISSET (party->end - 1, cpus))
    party->end--;
}

static gboolean
take_free (SiambanSeats *seats, SiambanParty *party)
{
  for (int cpu = 0; cpu < party->end; cpu++)
    if (!seats->owners[cpu] && CPU_ISSET (cpu, &party->cpus)) {
      seats->owners[cpu] = party;
      return TRUE;
    }
  return FALSE;
}

/* An augmenting path: @party takes a CPU whose owner finds another one. @tried:
 * those that somebody on the path has asked for. */
static gboolean
take_any (SiambanSeats *seats, SiambanParty *party, cpu_set_t *tried)
{
  if (take_free (seats, party))
    return TRUE;
  for (int cpu = 0; cpu < party->end; cpu++) {
    if (!CPU_ISSET (cpu, &party->cpus) || CPU_ISSET (cpu, tried))
      continue;
    CPU_SET (cpu, tried);
    if (take_any (seats, seats->owners[cpu], tried)) {
      seats->owners[cpu] = party;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
siamban_seats_take (SiambanSeats *seats, SiambanParty *party)
{
  cpu_set_t tried;

  CPU_ZERO (&tried);
  if (!take_any (seats, party, &tried))
    return FALSE;
  party->n++;
  return TRUE;
}

void
siamban_seats_leave (SiambanSeats *seats, SiambanParty *party, unsigned n)
{
  for (int cpu = 0; cpu < party->end && n > 0; cpu++)
    if (seats->owners[cpu] == party) {
      seats->owners[cpu] = NULL;
      party->n--;
      n--;
    }
}
