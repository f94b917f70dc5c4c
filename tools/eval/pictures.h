/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EVAL_PICTURES_H
#define EVAL_PICTURES_H

#include "notes.h"

/**
 * eval_pictures_find:
 *
 * The JPEG and PNG files of a sequence, from the folder that @notes, or VOT's
 * file "sequence", names, or from img, imgs, color or @folder itself, whichever
 * is first to hold any; in the order of the numbers in their names.
 *
 * Returns: (transfer full) (element-type filename): or %NULL with @error set.
 */
GPtrArray *eval_pictures_find (
    const char *folder, const EvalNotes *notes, GError **error);

#endif
