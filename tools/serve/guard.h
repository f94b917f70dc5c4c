/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SERVE_GUARD_H
#define SERVE_GUARD_H

#include <libsoup/soup.h>

#include "rate.h"

#define SERVE_TOO_MANY_REQUESTS 429

/* Who may ask what. A page of somebody else's in the browser of one who may is
 * not one who may. */
typedef struct
{
  const char *token;        /* NULL: everybody who can connect */
  const char *const *hosts; /* names of this server, or NULL */
  char session[65];         /* the cookie of those who gave the token */
  ServeRate requests, changes, strangers;
} ServeGuard;

void serve_guard_init (
    ServeGuard *guard, const char *token, const char *const *hosts);

/* Returns 0, or the HTTP status that @message is refused with and @reason. */
guint serve_guard_check (ServeGuard *guard, SoupServerMessage *message,
    const char *path, const char **reason);

/* @token: (nullable) */
gboolean serve_guard_is_token (const ServeGuard *guard, const char *token);

/* The header Set-Cookie of one who gave it; free with g_free(). */
char *serve_guard_cookie (const ServeGuard *guard);

#endif
