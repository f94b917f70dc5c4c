/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_CONFIG_H
#define SIAMBAN_CONFIG_H

#include <siamban/error.h>

#define SIAMBAN_MAX_LEVELS 8

/* What inference needs of a published config.yaml. A key that the file does not
 * have leaves its field at "not given": NULL, 0, NAN or -1 as said. */
typedef struct
{
  GPtrArray *notes; /* char *: "LINE: KEY: ...", of keys that are not used */
  char *path;       /* NULL where no file was read */
  char *backbone;   /* BACKBONE.TYPE, NULL if not given */
  int used_layers[SIAMBAN_MAX_LEVELS];
  int n_used_layers; /* 0: not given */
  double width_mult; /* NAN: not given */
  int adjust;        /* ADJUST.ADJUST: 0, 1; -1: not given */
  char *adjust_type; /* NULL: not given */
  int adjust_in[SIAMBAN_MAX_LEVELS];
  int n_adjust_in; /* a scalar in the file is a list of one */
  int adjust_out[SIAMBAN_MAX_LEVELS];
  int n_adjust_out;
  char *ban_type; /* NULL: not given */
  int ban_in[SIAMBAN_MAX_LEVELS];
  int n_ban_in;
  int cls_out_channels;    /* 1, 2; 0: not given */
  int weighted;            /* 0, 1; -1: not given */
  int stride;              /* POINT.STRIDE; 0: not given */
  double window_influence; /* 0..1; the doubles are NAN if not given */
  double penalty_k;        /* >= 0 */
  double lr;               /* 0..1 */
  double context_amount;   /* 0..10 */
  int exemplar_size;       /* pixels; 0: not given, as the next three */
  int instance_size;
  int base_size;
  int output_size;
} SiambanConfig;

/* A config with every key not given. Freed by siamban_config_free(). */
SiambanConfig *siamban_config_new (void);

/* Reads @path. A key that cannot change what is computed makes a note at most;
 * one that could, and is not known, is an error. Returns NULL with @error of
 * SIAMBAN_ERROR_IO or _CONFIG, whose message has "path:line: KEY.PATH: what was
 * expected". */
SiambanConfig *siamban_config_load (const char *path, GError **error);
void siamban_config_free (SiambanConfig *config);

#endif
