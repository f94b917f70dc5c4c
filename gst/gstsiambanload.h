/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GST_SIAMBAN_LOAD_H
#define GST_SIAMBAN_LOAD_H

#include "gstsiambansettings.h"

/* Loads the model that @settings name. Returns NULL if it cannot, and posts an
 * error message as of @element then. */
SiambanModel *gst_siamban_load (
    GstElement *element, const GstSiambanSettings *settings);

#endif
