/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_TRACK_PARAMS_H
#define SIAMBAN_TRACK_PARAMS_H

/* The constants of the tracker, from the config or as published. */
typedef struct
{
  int exemplar_size; /* side of the template crop, pixels */
  int instance_size; /* side of the search crop, pixels */
  int stride;        /* search-crop pixels from grid point to grid point */
  int score_size;    /* side of the grid */
  int cls_channels;  /* 2: softmax, target second; 1: sigmoid */
  double window_influence;
  double penalty_k;
  double lr;
  double context_amount;
} SiambanTrackParams;

#endif
