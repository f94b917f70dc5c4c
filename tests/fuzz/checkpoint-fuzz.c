/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "checkpoint/checkpoint.h"
#include "exec/ranges.h"

/* FUZZ_FORM, "zip", "legacy" or "safetensors": inputs are taken for that form,
 * whatever their first bytes. */

static void
make_form (uint8_t *data, size_t size)
{
  if (size <= 8)
    return;
  if (strcmp (FUZZ_FORM, "zip") == 0)
    memcpy (data, "PK\3\4", 4);
  else if (strcmp (FUZZ_FORM, "legacy") == 0)
    data[0] = 0x80;
  else
    data[8] = '{';
}

/* Reads all of it, as a network would that asks for everything. */
static void
read_tensors (const SiambanCheckpoint *checkpoint)
{
  for (guint i = 0; i < siamban_checkpoint_n_tensors (checkpoint); i++) {
    const SiambanTensor *tensor = siamban_checkpoint_nth (checkpoint, i);
    g_autofree float *floats = g_new (float, tensor->n_elements);
    GError *error = NULL;

    if (siamban_checkpoint_find (checkpoint, tensor->name) != tensor)
      abort ();
    fuzz_check_text (tensor->type);
    if (!siamban_tensor_read_f32 (tensor, floats, &error))
      fuzz_check_error (&error);
  }
}

static void
use (const SiambanCheckpoint *checkpoint)
{
  const char *const *foreign = siamban_checkpoint_foreign (checkpoint);
  GError *error = NULL;
  SiambanRanges *ranges;

  for (; *foreign; foreign++)
    fuzz_check_text (*foreign);
  read_tensors (checkpoint);
  g_free (siamban_checkpoint_digest (checkpoint, NULL));
  if (!siamban_checkpoint_verify (checkpoint, &error))
    fuzz_check_error (&error);
  ranges = siamban_ranges_read (checkpoint, &error);
  if (!ranges)
    fuzz_check_error (&error);
  siamban_ranges_free (ranges);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  const char *path;
  SiambanCheckpoint *checkpoint;
  GError *error = NULL;

  make_form (copy, size);
  path = fuzz_file (copy, size);
  fuzz_begin ();
  checkpoint = siamban_checkpoint_open (path, &error);
  if (checkpoint) {
    use (checkpoint);
    siamban_checkpoint_close (checkpoint);
  } else
    fuzz_check_error (&error);
  fuzz_end (size);
  return 0;
}
