/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "siamban-build.h"
#include "gstsiambancrop.h"
#include "gstsiambantrack.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (siambantrack, plugin) &&
         GST_ELEMENT_REGISTER (siambancrop, plugin);
}

#define PACKAGE "siambantrack"

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, siamban,
    "Follows an object through video with a Siamese network", plugin_init,
    SIAMBAN_VERSION, "LGPL", PACKAGE, "Unknown package origin")
