/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/seats.h"

#define PARTIES 6
#define CPUS    6

static SiambanParty
party_of (unsigned mask)
{
  SiambanParty party;
  cpu_set_t cpus;

  CPU_ZERO (&cpus);
  for (int cpu = 0; cpu < CPUS; cpu++)
    if (mask >> cpu & 1)
      CPU_SET (cpu, &cpus);
  siamban_party_init (&party, &cpus);
  return party;
}

static void
test_moves (void)
{
  SiambanSeats seats = {0};
  SiambanParty wide = party_of (7), pinned[3];

  g_assert_true (siamban_seats_take (&seats, &wide));
  for (int i = 0; i < 3; i++)
    pinned[i] = party_of (1u << i);
  g_assert_true (siamban_seats_take (&seats, &pinned[0]));
  g_assert_true (siamban_seats_take (&seats, &pinned[1]));
  g_assert_false (siamban_seats_take (&seats, &pinned[2]));
  g_assert_false (siamban_seats_take (&seats, &pinned[0]));
  siamban_seats_leave (&seats, &wide, 1);
  g_assert_true (siamban_seats_take (&seats, &pinned[2]));
  g_assert_cmpuint (wide.n, ==, 0);
  g_assert_cmpuint (pinned[2].n, ==, 1);
}

/* Hall: as many fit as for every set of CPUs there are seats outside of it. */
static gboolean
fits (const unsigned *masks, const unsigned *taken, int n)
{
  for (unsigned set = 0; set < 1u << CPUS; set++) {
    unsigned inside = 0;

    for (int i = 0; i < n; i++)
      if ((masks[i] & ~set) == 0)
        inside += taken[i];
    if (inside > (unsigned)__builtin_popcount (set))
      return FALSE;
  }
  return TRUE;
}

static void
check_owners (const SiambanSeats *seats, const SiambanParty *parties,
    const unsigned *masks, const unsigned *taken)
{
  unsigned owned[PARTIES] = {0};

  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (seats->owners[cpu]) {
      int i = seats->owners[cpu] - parties;

      g_assert_true (masks[i] >> cpu & 1);
      owned[i]++;
    }
  for (int i = 0; i < PARTIES; i++) {
    g_assert_cmpuint (owned[i], ==, taken[i]);
    g_assert_cmpuint (parties[i].n, ==, taken[i]);
  }
}

/* A seat is refused only where no arrangement has one. */
static void
test_random (void)
{
  for (int round = 0; round < 200; round++) {
    SiambanSeats seats = {0};
    SiambanParty parties[PARTIES];
    unsigned masks[PARTIES], taken[PARTIES] = {0};

    for (int i = 0; i < PARTIES; i++) {
      masks[i] = g_test_rand_int_range (1, 1 << CPUS);
      parties[i] = party_of (masks[i]);
    }
    for (int k = 0; k < 40; k++) {
      int i = g_test_rand_int_range (0, PARTIES);
      gboolean took;

      if (taken[i] && g_test_rand_int_range (0, 3) == 0) {
        siamban_seats_leave (&seats, &parties[i], 1);
        taken[i]--;
      } else {
        took = siamban_seats_take (&seats, &parties[i]);
        taken[i]++;
        g_assert_cmpint (took, ==, fits (masks, taken, PARTIES));
        taken[i] -= !took;
      }
      check_owners (&seats, parties, masks, taken);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seats/moves", test_moves);
  g_test_add_func ("/seats/random", test_random);
  return g_test_run ();
}
