/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_REPLY_H
#define SERVE_REPLY_H

#include <libsoup/soup.h>

/* Takes @json. */
void serve_reply_json (SoupServerMessage *message, guint status, char *json);
/* A JSON object with a member "error". */
void serve_reply_error (
    SoupServerMessage *message, guint status, const char *reason);
/* Takes @text. */
void serve_reply_text (
    SoupServerMessage *message, guint status, const char *type, char *text);
/* A file of the page, built into the program. */
void serve_reply_page (SoupServerMessage *message, guint status,
    const char *type, const char *name);

/* What every answer says to browsers. */
void serve_reply_harden (SoupServerMessage *message);

#endif
