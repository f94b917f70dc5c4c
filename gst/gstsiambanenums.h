/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_ENUMS_H
#define GST_SIAMBAN_ENUMS_H

#include <gst/gst.h>

/* SiambanPrecision, SiambanMode and GstSiambanSeedFrom as properties have
 * them. */
#define GST_TYPE_SIAMBAN_PRECISION (gst_siamban_precision_get_type ())
GType gst_siamban_precision_get_type (void);

#define GST_TYPE_SIAMBAN_MODE (gst_siamban_mode_get_type ())
GType gst_siamban_mode_get_type (void);

#define GST_TYPE_SIAMBAN_SEED_FROM (gst_siamban_seed_from_get_type ())
GType gst_siamban_seed_from_get_type (void);

#endif
