/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_NOTES_H
#define EVAL_NOTES_H

#include <siamban/siamban.h>

/**
 * EvalNotes:
 * @origin: number of the first column and row of pixels; -1 is not said.
 * @first: number of the first picture that the groundtruth is about, in the
 *     names of the files; -1 is the first there is.
 * @last: number of the last one; -1 is the last there is.
 * @pictures: (nullable): folder of the pictures, in the sequence's.
 *
 * What cannot be seen from a sequence's files.
 */
typedef struct
{
  int origin;
  int first;
  int last;
  char *pictures;
} EvalNotes;

/**
 * eval_notes_read:
 * @folder: of the sequence.
 * @ini: (nullable): a file to read before sequences.ini in and beside @folder.
 *     Groups are named by a pattern for the folder's name (David, VOT_*).
 *
 * Returns: %FALSE with @error set if a file or a value cannot be read.
 */
gboolean eval_notes_read (
    EvalNotes *notes, const char *folder, const char *ini, GError **error);
void eval_notes_clear (EvalNotes *notes);

#endif
