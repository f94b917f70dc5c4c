/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TEST_ANYTHING_H
#define TEST_ANYTHING_H

/* Asks whatever can be asked of sessions, in whatever order, of whatever
 * frames, with whatever answers of the network, as g_test_rand_int() and its
 * like say, @runs times @steps frames: tracks stay finite and events in order.
 */
void anything_run (int runs, int steps);

#endif
