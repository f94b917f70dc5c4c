/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ERROR_H
#define SIAMBAN_ERROR_H

#include <glib.h>

#if defined(__GNUC__)
#define SIAMBAN_API __attribute__ ((visibility ("default")))
#else
#define SIAMBAN_API
#endif

G_BEGIN_DECLS

/**
 * SiambanError:
 * @SIAMBAN_ERROR_IO: a file could not be opened, read or written.
 * @SIAMBAN_ERROR_CHECKPOINT: a file is not a checkpoint, is damaged, or asks
 *     for something that a state_dict does not need.
 * @SIAMBAN_ERROR_CONFIG: a config.yaml is malformed, or a key in it has the
 *     wrong type or range.
 * @SIAMBAN_ERROR_MODEL: checkpoint and config are each well-formed, but do not
 *     make a network: a tensor is missing, has another shape, or is not finite.
 * @SIAMBAN_ERROR_ARGUMENT: a caller's box, frame or number is out of range.
 *
 * Every message names the file, and the key, tensor or line where there is
 * one, and says what was expected.
 */
typedef enum
{
  SIAMBAN_ERROR_IO,
  SIAMBAN_ERROR_CHECKPOINT,
  SIAMBAN_ERROR_CONFIG,
  SIAMBAN_ERROR_MODEL,
  SIAMBAN_ERROR_ARGUMENT
} SiambanError;

#define SIAMBAN_ERROR (siamban_error_quark ())

SIAMBAN_API GQuark siamban_error_quark (void);

G_END_DECLS

#endif
