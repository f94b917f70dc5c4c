/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rate.h"

gboolean
serve_rate_take (ServeRate *self, gint64 now)
{
  const double passed = (double)(now - self->at) / G_USEC_PER_SEC;

  self->spent = MAX (self->spent - passed * self->per_second, 0);
  self->at = now;
  if (self->spent + 1 > self->burst)
    return FALSE;
  self->spent += 1;
  return TRUE;
}
