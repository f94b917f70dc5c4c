/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard.h"

#include <string.h>

#define MOST_BODY   4096
#define COOKIE_NAME "siamban-session"

static const char *const open_paths[] = {
    "/healthz", "/readyz", "/login", "/page.css", NULL};

static void
make_session (char session[65])
{
  for (int i = 0; i < 4; i++) {
    g_autofree char *uuid = g_uuid_string_random ();

    memcpy (session + 16 * i, uuid, 8);
    memcpy (session + 16 * i + 8, uuid + 24, 8);
  }
  session[64] = '\0';
}

void
serve_guard_init (ServeGuard *self, const char *token, const char *const *hosts)
{
  *self = (ServeGuard){
      .token = token,
      .hosts = hosts,
      .requests = {.per_second = 100, .burst = 200},
      .changes = {.per_second = 10, .burst = 20},
      .strangers = {.per_second = 20, .burst = 40},
  };
  make_session (self->session);
}

/* Takes as long whatever is wrong. */
static gboolean
are_equal (const char *a, const char *b)
{
  g_autofree char *x = g_compute_checksum_for_string (G_CHECKSUM_SHA256, a, -1);
  g_autofree char *y = g_compute_checksum_for_string (G_CHECKSUM_SHA256, b, -1);
  guint differences = 0;

  for (int i = 0; x[i]; i++)
    differences |= (guint)(x[i] ^ y[i]);
  return differences == 0;
}

gboolean
serve_guard_is_token (const ServeGuard *self, const char *token)
{
  return self->token && token && are_equal (self->token, token);
}

char *
serve_guard_cookie (const ServeGuard *self)
{
  return g_strdup_printf (
      COOKIE_NAME "=%s; HttpOnly; SameSite=Strict; Path=/", self->session);
}

/* A name that somebody else gives addresses to is not ours: numbers are. */
static gboolean
is_our_host (const ServeGuard *self, const char *header)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *text = g_strdup_printf ("http://%s", header ? header : "");
  const char *host;

  if (!header || strpbrk (header, "/?#@\\"))
    return FALSE;
  uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  host = uri ? g_uri_get_host (uri) : NULL;
  if (!host)
    return FALSE;
  return g_hostname_is_ip_address (host) ||
         g_ascii_strcasecmp (host, "localhost") == 0 ||
         (self->hosts && g_strv_contains (self->hosts, host));
}

static gboolean
is_own_page (SoupMessageHeaders *headers, const char *host)
{
  const char *origin = soup_message_headers_get_one (headers, "Origin");
  const char *site = soup_message_headers_get_one (headers, "Sec-Fetch-Site");
  const char *mode = soup_message_headers_get_one (headers, "Sec-Fetch-Mode");
  const char *scheme = origin ? strstr (origin, "://") : NULL;

  if (origin && (!scheme || g_ascii_strcasecmp (scheme + 3, host) != 0))
    return FALSE;
  if (!site || g_str_equal (site, "same-origin") || g_str_equal (site, "none"))
    return TRUE;
  /* A link to the page may be followed from anywhere. */
  return !origin && g_strcmp0 (mode, "navigate") == 0;
}

static gboolean
has_session (const ServeGuard *self, SoupMessageHeaders *headers)
{
  const char *header = soup_message_headers_get_list (headers, "Cookie");
  g_auto (GStrv) cookies = header ? g_strsplit (header, ";", 32) : NULL;

  for (guint i = 0; cookies && cookies[i]; i++) {
    const char *cookie = g_strstrip (cookies[i]);

    if (g_str_has_prefix (cookie, COOKIE_NAME "=") &&
        are_equal (cookie + strlen (COOKIE_NAME "="), self->session))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_known (const ServeGuard *self, SoupMessageHeaders *headers)
{
  const char *header = soup_message_headers_get_one (headers, "Authorization");

  if (!self->token)
    return TRUE;
  if (header && g_ascii_strncasecmp (header, "Bearer ", 7) == 0)
    return serve_guard_is_token (self, header + 7);
  return has_session (self, headers);
}

static guint
check_body (SoupMessageHeaders *headers, gboolean changes, const char **reason)
{
  const SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  if (encoding != SOUP_ENCODING_NONE &&
      encoding != SOUP_ENCODING_CONTENT_LENGTH) {
    *reason = changes ? "the length of the body must be given"
                      : "a body is not expected";
    return SOUP_STATUS_LENGTH_REQUIRED;
  }
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > MOST_BODY) {
    *reason = "the body is larger than 4096 bytes";
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  }
  return 0;
}

static guint
check_rates (ServeGuard *self, gboolean changes, const char **reason)
{
  const gint64 now = g_get_monotonic_time ();

  *reason = "too many requests";
  if (!serve_rate_take (&self->requests, now) ||
      (changes && !serve_rate_take (&self->changes, now)))
    return SERVE_TOO_MANY_REQUESTS;
  return 0;
}

/* Their requests are counted apart: they do not keep others out. */
static guint
check_stranger (ServeGuard *self, const char *path, const char **reason)
{
  *reason = "too many requests";
  if (!serve_rate_take (&self->strangers, g_get_monotonic_time ()))
    return SERVE_TOO_MANY_REQUESTS;
  *reason = "a token is needed";
  return g_strv_contains (open_paths, path) ? 0 : SOUP_STATUS_UNAUTHORIZED;
}

guint
serve_guard_check (ServeGuard *self, SoupServerMessage *message,
    const char *path, const char **reason)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  const char *method = soup_server_message_get_method (message);
  const char *host = soup_message_headers_get_one (headers, "Host");
  const gboolean changes = method != SOUP_METHOD_GET;
  guint status = check_body (headers, changes, reason);

  if (status)
    return status;
  if (!is_our_host (self, host)) {
    *reason = "this server is not called so; see --host";
    return SOUP_STATUS_MISDIRECTED_REQUEST;
  }
  if (!is_own_page (headers, host)) {
    *reason = "pages of others may not use this server";
    return SOUP_STATUS_FORBIDDEN;
  }
  if (!is_known (self, headers))
    return check_stranger (self, path, reason);
  return check_rates (self, changes, reason);
}
