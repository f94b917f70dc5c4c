/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/inside.h"

/* A search of one crop that is run to be looked at; nobody reads its scores. */
typedef struct
{
  SiambanModel *model;
  SiambanLease *lease;
  SiambanRun run;
  float *out;
} Probe;

static Probe
probe_open (SiambanModel *model, SiambanTemplate *const *tmpl,
    const guint8 *const *x, unsigned threads)
{
  const SiambanProgram *program = model->build.search_program;
  size_t cls_size = siamban_program_output_size (program, 0);
  size_t loc_size = siamban_program_output_size (program, 1);
  float *out = g_new (float, cls_size + loc_size);
  const SiambanSearch search = {
      .n = 1,
      .templates = tmpl,
      .pixels = x,
      .cls = out,
      .loc = out + cls_size,
  };
  SiambanLease *lease = siamban_lease_take (&model->leases, NULL, threads);

  return (Probe){
      .model = model,
      .lease = lease,
      .run = siamban_search_run (model, lease, &search),
      .out = out,
  };
}

static void
probe_close (Probe *probe)
{
  siamban_lease_return (&probe->model->leases, probe->lease);
  g_free (probe->out);
}

SiambanStepTime *
siamban_model_time_search (SiambanModel *model, SiambanTemplate *tmpl,
    const guint8 *x, unsigned threads, guint *n_steps)
{
  const SiambanProgram *program = model->build.search_program;
  Probe probe = probe_open (model, &tmpl, &x, threads);
  SiambanStepTime *times;

  *n_steps = siamban_program_n_steps (program);
  times = g_new (SiambanStepTime, *n_steps);
  siamban_program_run_timed (
      program, &probe.run, probe.lease->workspace, probe.lease->team, times);
  probe_close (&probe);
  return times;
}

void
siamban_model_observe (SiambanModel *model, SiambanTemplate *tmpl,
    const guint8 *x, SiambanObserver observe, void *data)
{
  Probe probe = probe_open (model, &tmpl, &x, 0);

  siamban_program_run_observed (model->build.search_program, &probe.run,
      probe.lease->workspace, probe.lease->team, observe, data);
  probe_close (&probe);
}
