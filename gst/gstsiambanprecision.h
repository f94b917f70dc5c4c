/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_PRECISION_H
#define GST_SIAMBAN_PRECISION_H

#include <gst/gst.h>

/* SiambanPrecision as an enum of properties. */
#define GST_TYPE_SIAMBAN_PRECISION (gst_siamban_precision_get_type ())
GType gst_siamban_precision_get_type (void);

#endif
