/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <glib.h>
#include <stdint.h>

/* What every fuzzer here is made of: a reader fed with a file, under a limit of
 * time and memory. An input that takes longer than a second, or more memory
 * than 16 times its size and 8 MiB, is a fault as a crash is. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The path of a file with the input in it, the same one every time. */
const char *fuzz_file (const uint8_t *data, size_t size);

/* Around the reader; begin forgets what was taken before. */
void fuzz_begin (void);
void fuzz_end (size_t size);

/* What is shown to people is text, fit for a terminal. Clears @error. */
void fuzz_check_error (GError **error);
void fuzz_check_text (const char *text);

#endif
