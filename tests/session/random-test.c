/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "anything.h"

#define RUNS  30
#define STEPS 120

static void
test_anything (void)
{
  anything_run (RUNS, STEPS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/anything", test_anything);
  return g_test_run ();
}
