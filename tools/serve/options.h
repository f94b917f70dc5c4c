/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <glib.h>

typedef struct
{
  char *source; /* as for siamban-track */
  gboolean loop;
  char *name;   /* of the stream */
  char *listen; /* ADDRESS:PORT */
  char **hosts; /* names that the server may be called by, or NULL */
  char *token;  /* NULL: none is asked for */
  gboolean open_to_all;
  char *rtsp; /* ADDRESS:PORT[/PATH], NULL: none */
  gboolean rtsp_draw;
  char *json; /* NULL: no lines */
  char *mqtt; /* address of a broker, or NULL */
  char *mqtt_prefix;
  char *mqtt_ca; /* file of certificates, NULL: the system's */
  char *model, *config, *mode, *precision;
  int threads;
  int interval;    /* of frames that are looked at; 0: as needed */
  double lost_for; /* seconds until a lost target ends; 0: never */
  int history;     /* frames kept for boxes of the past */
} ServeOptions;

/* Of the command line, the environment, and a file, the first that says it. */
gboolean serve_options_parse (
    ServeOptions *options, char **argv, GError **error);
void serve_options_clear (ServeOptions *options);

#endif
