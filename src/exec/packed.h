/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_PACKED_H
#define SIAMBAN_PACKED_H

#include "kernels/conv.h"

/* Packed weights in a file, for the next start. Nothing here fails: what cannot
 * be read is packed anew, what cannot be written is a warning.
 *
 * A file holds its key, a list of convolutions with the sizes of their parts,
 * then the parts, all under checksums. It is as untrusted as a checkpoint:
 * parts are read into memory that was allocated for the network's shapes. Files
 * are made under a temporary name and renamed, so readers see whole ones,
 * however many processes write. */

/* Goes up whenever an algorithm packs its weights in another way. */
#define SIAMBAN_PACKED_FORMAT 2

typedef struct _SiambanPacked SiambanPacked;

/* @key: what the weights were made of and for. A file with another key, or
 * none, is one with nothing in it. NULL, with a warning, if the library was
 * built without this. */
SiambanPacked *siamban_packed_open (const char *path, const char *key);
void siamban_packed_close (SiambanPacked *packed);

/* Fills the parts of @conv, which was made without weights, by those kept under
 * @name. FALSE, with anything in the parts, if they are not there or not what
 * was written. */
gboolean siamban_packed_read (
    SiambanPacked *packed, const char *name, const SiambanConv *conv);

/* Whether any read has returned FALSE. */
gboolean siamban_packed_missed (const SiambanPacked *packed);

/* Replaces the file by one of @convs (name -> SiambanConv), if any read has
 * returned FALSE. Makes the folder, if need be. */
void siamban_packed_save (SiambanPacked *packed, GHashTable *convs);

#endif
