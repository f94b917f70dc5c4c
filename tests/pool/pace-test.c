/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/pace.h"

static GRand *dice; /* the same throws every time */

/* Seconds that @n calls take, of which alone each takes @alone and with a team
 * @team, a fifth of them four times that. */
static double
simulate (SiambanPace *pace, int n, double alone, double team)
{
  double sum = 0;

  for (int i = 0; i < n; i++) {
    gboolean with_team = siamban_pace_wants_team (pace);
    double mean = with_team ? team : alone;
    double seconds = mean / 1.6 * (g_rand_int_range (dice, 0, 5) == 0 ? 4 : 1);

    siamban_pace_note (pace, with_team, seconds);
    sum += seconds;
  }
  return sum;
}

static void
test_trusts (void)
{
  SiambanPace pace = {0};

  g_assert_true (siamban_pace_wants_team (&pace));
}

/* Whichever way is the better one, finding it costs little. */
static void
test_finds (void)
{
  static const double teams[] = {0.3, 0.5, 0.7, 1.2, 1.5, 3, 10};

  for (gsize i = 0; i < G_N_ELEMENTS (teams); i++) {
    SiambanPace pace = {0};
    double best = MIN (1, teams[i]);

    simulate (&pace, 500, 1, teams[i]);
    g_assert_cmpfloat (
        simulate (&pace, 20000, 1, teams[i]), <, 20000 * best * 1.08);
  }
}

/* Others come and go: what was right then is not now. */
static void
test_follows (void)
{
  SiambanPace pace = {0};

  simulate (&pace, 5000, 1, 0.6);
  g_assert_cmpfloat (simulate (&pace, 5000, 1.2, 2.4), <, 5000 * 1.2 * 1.15);
  g_assert_cmpfloat (simulate (&pace, 20000, 1, 0.6), <, 20000 * 0.6 * 1.15);
}

/* Where no team can be had, nothing is learnt of teams. */
static void
test_never_alike (void)
{
  SiambanPace pace = {0};

  for (int i = 0; i < 5000; i++)
    siamban_pace_note (&pace, FALSE, 1);
  g_assert_true (siamban_pace_wants_team (&pace));
  g_assert_cmpfloat (simulate (&pace, 100, 1, 0.5), >, 0);
  g_assert_false (pace.alone);
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  dice = g_rand_new_with_seed (1);
  g_test_add_func ("/pace/trusts", test_trusts);
  g_test_add_func ("/pace/finds", test_finds);
  g_test_add_func ("/pace/follows", test_follows);
  g_test_add_func ("/pace/never-alike", test_never_alike);
  failed = g_test_run ();
  g_rand_free (dice);
  return failed;
}
