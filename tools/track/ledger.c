/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ledger.h"

char *
track_ledger_problem (
    const TrackLedger *ledger, const char *input, const char *output)
{
  if (ledger->lost > 0)
    return g_strdup_printf ("%s: %" G_GUINT64_FORMAT
                            " picture%s lost, %d tracked",
        input, ledger->lost, ledger->lost == 1 ? "" : "s", ledger->tracked);
  if (ledger->whole && !ledger->live && ledger->arrived != ledger->tracked)
    return g_strdup_printf ("%s: of %d frames, %d were tracked", input,
        ledger->arrived, ledger->tracked);
  if (output && ledger->written != ledger->tracked)
    return g_strdup_printf ("%s: of %d tracked frames, %d were written", output,
        ledger->tracked, ledger->written);
  return NULL;
}
