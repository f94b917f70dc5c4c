/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

#include <string.h>

#include "document.h"
#include "guard.h"

static void
reply (SoupServerMessage *message, guint status, const char *type,
    gconstpointer text, gsize size)
{
  soup_server_message_set_status (
      message, status, status == 429 ? "Too Many Requests" : NULL);
  soup_server_message_set_response (
      message, type, SOUP_MEMORY_COPY, text, size);
}

void
serve_reply_text (
    SoupServerMessage *message, guint status, const char *type, char *text)
{
  reply (message, status, type, text, strlen (text));
  g_free (text);
}

void
serve_reply_json (SoupServerMessage *message, guint status, char *json)
{
  serve_reply_text (
      message, status, "application/json", g_strconcat (json, "\n", NULL));
  g_free (json);
}

void
serve_reply_error (SoupServerMessage *message, guint status, const char *reason)
{
  serve_reply_json (message, status, serve_document_error (reason));
}

void
serve_reply_page (SoupServerMessage *message, guint status, const char *type,
    const char *name)
{
  g_autofree char *path = g_strdup_printf ("/siamban/serve/%s", name);
  g_autoptr (GBytes) file =
      g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size;
  gconstpointer text = g_bytes_get_data (file, &size);

  reply (message, status, type, text, size);
}

void
serve_reply_harden (SoupServerMessage *message)
{
  static const char *const headers[][2] = {
      {"Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
          "'self' blob: data:; connect-src 'self'; form-action 'self'; "
          "base-uri "
          "'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Referrer-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
      /* libsoup 3.2 does not see that one left between two requests. */
      {"Connection", "close"},
  };
  SoupMessageHeaders *to = soup_server_message_get_response_headers (message);

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    soup_message_headers_replace (to, headers[i][0], headers[i][1]);
}
