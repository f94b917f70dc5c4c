/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_H
#define SIAMBAN_H

/**
 * SECTION:siamban
 *
 * Follows objects through a stream of frames with a Siamese network.
 * |[
 * SiambanModel *model =
 *     siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, &error);
 * SiambanSession *session = siamban_session_new (model, NULL, &error);
 *
 * siamban_session_add (session, &box, NULL, NULL);
 * while (next_frame (&frame, &time)) {
 *   siamban_session_process (session, &frame, time, &error);
 *   n = siamban_session_get_tracks (session, tracks, G_N_ELEMENTS (tracks));
 * }
 * siamban_session_free (session);
 * siamban_model_unref (model);
 * ]|
 */

#include <siamban/box.h>
#include <siamban/error.h>
#include <siamban/frame.h>
#include <siamban/model.h>
#include <siamban/session.h>
#include <siamban/target.h>

#endif
