/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_ARCH_TELL_H
#define SIAMBAN_ARCH_TELL_H

#include "arch/parts.h"
#include "checkpoint/checkpoint.h"

gboolean siamban_tell_has (
    const SiambanCheckpoint *checkpoint, const char *name);

/* FALSE with SIAMBAN_ERROR_MODEL if @config names parts that are not known. */
gboolean siamban_tell_check_config (
    const SiambanConfig *config, GError **error);

/* Fills @ban from the tensors' names and shapes; what the config says must
 * agree, but for BAN.KWARGS.weighted, which decides where it is given. Returns
 * FALSE with SIAMBAN_ERROR_MODEL. */
gboolean siamban_tell_ban (SiambanBan *ban, const SiambanBackbone *backbone,
    const SiambanConfig *config, const SiambanCheckpoint *checkpoint,
    GError **error);

#endif
