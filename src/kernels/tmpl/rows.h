/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Repeats X for each row of a microkernel's tile, and each vector of a row. */

/* X (row, vector) for each vector of a panel. */
#if LANES == 16
#define VECTORS(X, i)   X (i, 0)
#define VECTORS_2(X, i) X (i, 0) X (i, 1)
#elif LANES == 8
#define VECTORS(X, i) X (i, 0) X (i, 1)
#else
#define VECTORS(X, i) X (i, 0) X (i, 1) X (i, 2) X (i, 3)
#endif

/* A vector that each row of a tile multiplies. */
#ifndef SHARED
#define SHARED   vf
#define SHARE(p) vload (p)
#endif

/* The same for PANELS panels. */
#define PASTE_(a, b)         a##b
#define PASTE(a, b)          PASTE_ (a, b)
#define TILE_VECTORS(X, i)   PASTE (TILE_VECTORS_, PANELS) (X, i)
#define TILE_VECTORS_1(X, i) VECTORS (X, i)
#define TILE_VECTORS_2(X, i) VECTORS_2 (X, i)

#define ROWS_1(X)  X (0)
#define ROWS_2(X)  ROWS_1 (X) X (1)
#define ROWS_3(X)  ROWS_2 (X) X (2)
#define ROWS_4(X)  ROWS_3 (X) X (3)
#define ROWS_5(X)  ROWS_4 (X) X (4)
#define ROWS_6(X)  ROWS_5 (X) X (5)
#define ROWS_7(X)  ROWS_6 (X) X (6)
#define ROWS_8(X)  ROWS_7 (X) X (7)
#define ROWS_9(X)  ROWS_8 (X) X (8)
#define ROWS_10(X) ROWS_9 (X) X (9)
#define ROWS_11(X) ROWS_10 (X) X (10)
#define ROWS_12(X) ROWS_11 (X) X (11)
