/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_KEEP_H
#define SIAMBAN_MODEL_KEEP_H

#include "model/model-private.h"

/* The packed weights of @checkpoint, with @config (nullable), in the folder
 * that the environment variable SIAMBAN_CACHE_DIR names. NULL if it names none.
 *
 * There is one file for a checkpoint's path, config's path, CPU level and
 * precision: what a newer model or library packs takes its predecessor's place.
 * Inside, the file's key tells whether it still holds: version of the library,
 * the checkpoint's inode, size, times of change (ctime too, which copying and
 * unpacking cannot set back) and, for file systems that have no such times, the
 * first numbers of every tensor. A device's number is no part of it, as it may
 * change at every boot, nor is the whole content, which would take as long to
 * read as the packed weights. */
SiambanPacked *siamban_keep_open (const SiambanCheckpoint *checkpoint,
    const char *config, SiambanPrecision precision);

/* Removes from that folder what was used longest ago, until the rest is no more
 * than SIAMBAN_CACHE_MAX_MB (1024 if it is not set), and what a writer that was
 * killed has left. Files of other names stay. */
void siamban_keep_tidy (void);

#endif
