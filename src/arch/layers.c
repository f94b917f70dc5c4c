/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch/parts.h"

SiambanMap
siamban_layer_conv (SiambanGraph *graph, SiambanMap x, const char *prefix,
    const char *conv, SiambanConvSpec spec)
{
  g_autofree char *name = g_strconcat (prefix, ".", conv, NULL);

  spec.name = name;
  return siamban_graph_conv (graph, x, &spec);
}

SiambanMap
siamban_layer_conv_bn (SiambanGraph *graph, SiambanMap x, const char *prefix,
    const char *conv, const char *bn, SiambanConvSpec spec)
{
  g_autofree char *name = g_strconcat (prefix, ".", bn, NULL);

  spec.bn = name;
  return siamban_layer_conv (graph, x, prefix, conv, spec);
}

SiambanMap
siamban_layer_seq (SiambanGraph *graph, SiambanMap x, const char *prefix,
    int index, SiambanConvSpec spec)
{
  g_autofree char *conv = g_strdup_printf ("%d", index);
  g_autofree char *bn = g_strdup_printf ("%d", index + 1);

  return siamban_layer_conv_bn (graph, x, prefix, conv, bn, spec);
}
