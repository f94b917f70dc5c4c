/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_APP_MEDIA_H
#define TESTS_APP_MEDIA_H

/* Runs a pipeline, which writes what a test needs, to its end. */
void media_make (const char *description);

#endif
