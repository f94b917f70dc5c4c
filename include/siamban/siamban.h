/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_H
#define SIAMBAN_H

/**
 * SECTION:siamban
 *
 * Follows objects through a stream of frames with a Siamese network.
 * |[
 * static gboolean
 * follow (const SiambanBox *box, GError **error)
 * {
 *   SiambanModel *model =
 *       siamban_model_load (NULL, NULL, SIAMBAN_PRECISION_AUTO, error);
 *   SiambanSession *session =
 *       model ? siamban_session_new (model, NULL, error) : NULL;
 *   SiambanFrame frame = {0};
 *   SiambanTrack track;
 *   guint64 time;
 *   gboolean ok = session != NULL;
 *
 *   if (ok)
 *     siamban_session_add (session, box, NULL, NULL);
 *   while (ok && next_frame (&frame, &time)) {
 *     ok = siamban_session_process (session, &frame, time, error);
 *     if (ok && siamban_session_get_tracks (session, &track, 1) == 1)
 *       g_print ("%g %g\n", track.box.x, track.box.y);
 *   }
 *   if (session)
 *     siamban_session_free (session);
 *   siamban_model_unref (model);
 *   return ok;
 * }
 * ]|
 */

#include <siamban/box.h>
#include <siamban/error.h>
#include <siamban/frame.h>
#include <siamban/model.h>
#include <siamban/session.h>
#include <siamban/threads.h>

#endif
