/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_H
#define SIAMBAN_H

/**
 * SECTION:siamban
 *
 * Follows an object through a sequence of frames with a Siamese network.
 * |[
 * SiambanModel *model =
 *     siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, &error);
 * SiambanTarget *target = siamban_target_new (model, &frame, &box, 0, &error);
 *
 * while (next_frame (&frame))
 *   siamban_targets_update (&target, 1, &frame, &result, 0, &error);
 * siamban_target_free (target);
 * siamban_model_unref (model);
 * ]|
 */

#include <siamban/error.h>
#include <siamban/frame.h>
#include <siamban/model.h>
#include <siamban/target.h>

#endif
