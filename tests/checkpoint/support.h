/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TEST_CHECKPOINT_SUPPORT_H
#define TEST_CHECKPOINT_SUPPORT_H

#include "checkpoint/checkpoint-private.h"

/* The path of a file of fixtures/; free it. */
char *fixture_path (const char *name);

/* The bytes of a file of fixtures/. */
GByteArray *fixture_bytes (const char *name);

/* The start of a safetensors file, up to the data. @length: of the header, or
 * -1. */
GByteArray *safetensors_bytes (const char *header, gssize length);

/* A file of our own, new and empty; remove and free it by scratch_free(). */
char *scratch_new (void);
void scratch_fill (const char *path, const void *data, gsize size);
void scratch_free (char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SiambanCheckpoint, siamban_checkpoint_close)

/* Opens a checkpoint that is well-formed. */
SiambanCheckpoint *open_well (const char *path);

/* Opens one that is not: the error names the file and has @part in it. */
void open_badly (const char *path, SiambanError code, const char *part);

/* Checks each tensor's reach against the file, apart from the reader's own
 * arithmetic, and reads it. */
void check_tensors (const SiambanCheckpoint *checkpoint);

/* The tensor @name as floats; it must have @n. */
float *read_floats (
    const SiambanCheckpoint *checkpoint, const char *name, gsize n);

#endif
