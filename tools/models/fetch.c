/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch.h"

#include <libsoup/soup.h>
#include <unistd.h>

#include "part.h"
#include "siamban-build.h"

#define MOST_REDIRECTS 5
#define MOST_BREAKS    5  /* of the connection, in one call */
#define SILENCE        30 /* seconds */
#define CHUNK          ((gsize)64 << 10)

typedef struct
{
  const ManifestFile *file;
  SoupSession *session;
  Part *part;
} Fetch;

static gboolean fail (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_FAILED, format, args);
  va_end (args);
  return FALSE;
}

/* Bytes are wanted as they lie there: parts of a compressed form would not fit
 * together. */
static SoupSession *
session_new (void)
{
  SoupSession *session = soup_session_new_with_options ("timeout", SILENCE,
      "user-agent", "siamban-models/" SIAMBAN_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

static SoupMessage *
message_new (const Fetch *fetch, GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri ("GET", uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (fetch->part->size > 0)
    soup_message_headers_set_range (headers, (goffset)fetch->part->size, -1);
  return message;
}

/* Where @message's answer points to; NULL if it may not point there. */
static GUri *
next_place (SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  GUri *here = soup_message_get_uri (message);
  const char *location = soup_message_headers_get_one (headers, "Location");
  GUri *there = location ? g_uri_parse_relative (
                               here, location, SOUP_HTTP_URI_FLAGS, NULL)
                         : NULL;

  if (!there) {
    fail (error, "the server points elsewhere, but not where");
    return NULL;
  }
  if (!g_str_equal (g_uri_get_scheme (here), g_uri_get_scheme (there))) {
    fail (error, "the server points from %s to %s, which is not followed",
        g_uri_get_scheme (here), g_uri_get_scheme (there));
    g_uri_unref (there);
    return NULL;
  }
  return there;
}

/* Asks, following redirections within one scheme. *@message is the last. */
static GInputStream *
ask (const Fetch *fetch, SoupMessage **message, GError **error)
{
  g_autoptr (GUri) uri =
      g_uri_parse (fetch->file->address, SOUP_HTTP_URI_FLAGS, error);

  for (int i = 0; uri && i <= MOST_REDIRECTS; i++) {
    g_autoptr (GInputStream) body = NULL;
    GUri *next;

    g_clear_object (message);
    *message = message_new (fetch, uri);
    body = soup_session_send (fetch->session, *message, NULL, error);
    if (!body ||
        !SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (*message)))
      return g_steal_pointer (&body);
    next = next_place (*message, error);
    g_uri_unref (g_steal_pointer (&uri));
    uri = next;
  }
  if (uri)
    fail (error, "the server points elsewhere more than %d times",
        MOST_REDIRECTS);
  return NULL;
}

static gboolean
check_range (const Fetch *fetch, SoupMessageHeaders *headers, GError **error)
{
  goffset start, end, total;

  if (soup_message_headers_get_content_range (headers, &start, &end, &total) &&
      start == (goffset)fetch->part->size &&
      (total < 0 || total == (goffset)fetch->file->size))
    return TRUE;
  return fail (error, "the server sends another part than was asked for");
}

static gboolean
check_length (const Fetch *fetch, SoupMessageHeaders *headers, GError **error)
{
  const goffset length = soup_message_headers_get_content_length (headers);

  if (soup_message_headers_get_encoding (headers) !=
          SOUP_ENCODING_CONTENT_LENGTH ||
      length == (goffset)fetch->file->size)
    return TRUE;
  return fail (error,
      "the server has %" G_GOFFSET_FORMAT " bytes, expected %" G_GUINT64_FORMAT,
      length, fetch->file->size);
}

/* Whether what follows belongs behind what is there already. */
static gboolean
check_answer (const Fetch *fetch, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  switch (soup_message_get_status (message)) {
    case SOUP_STATUS_OK:
      return check_length (fetch, headers, error) &&
             part_restart (fetch->part, error);
    case SOUP_STATUS_PARTIAL_CONTENT:
      return check_range (fetch, headers, error);
    default:
      return fail (error, "the server answers %u %s",
          soup_message_get_status (message),
          soup_message_get_reason_phrase (message));
  }
}

static void
show_progress (const Fetch *fetch)
{
  if (isatty (STDERR_FILENO))
    g_printerr ("\r%s: %3d %%%s", fetch->file->name,
        (int)(100 * fetch->part->size / fetch->file->size),
        fetch->part->size == fetch->file->size ? "\n" : "");
}

/* TRUE at the end of @body, which may be too early. */
static gboolean
receive (const Fetch *fetch, GInputStream *body, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (CHUNK);
  gssize n;

  while ((n = g_input_stream_read (body, bytes, CHUNK, NULL, error)) > 0) {
    if (fetch->part->size + (guint64)n > fetch->file->size) {
      part_restart (fetch->part, NULL);
      return fail (error,
          "more came than the %" G_GUINT64_FORMAT " bytes expected",
          fetch->file->size);
    }
    if (!part_append (fetch->part, bytes, (gsize)n, error))
      return FALSE;
    show_progress (fetch);
  }
  return n == 0;
}

static gboolean
fetch_once (const Fetch *fetch, GError **error)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) body = ask (fetch, &message, error);

  return body && check_answer (fetch, message, error) &&
         receive (fetch, body, error);
}

/* Goes on as long as every connection brings something. */
static gboolean
fetch_rest (const Fetch *fetch, GError **error)
{
  const Part *part = fetch->part;

  for (int i = 0; i <= MOST_BREAKS && part->size < fetch->file->size; i++) {
    g_autoptr (GError) reason = NULL;
    const guint64 before = part->size;

    if (!fetch_once (fetch, &reason) && part->size <= before) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  }
  if (part->size == fetch->file->size)
    return TRUE;
  return fail (error,
      "the connection breaks off again and again; %" G_GUINT64_FORMAT
      " of %" G_GUINT64_FORMAT " bytes are kept for the next time",
      part->size, fetch->file->size);
}

gboolean
fetch_file (const ManifestFile *file, const char *path, GError **error)
{
  g_autoptr (SoupSession) session = session_new ();
  g_autoptr (Part) part = part_open (path, error);
  const Fetch fetch = {file, session, part};

  if (!part)
    return FALSE;
  if (part->size > file->size && !part_restart (part, error))
    return FALSE;
  if (fetch_rest (&fetch, error) && part_finish (part, file->sha256, error))
    return TRUE;
  g_prefix_error (error, "%s: ", file->address);
  return FALSE;
}
