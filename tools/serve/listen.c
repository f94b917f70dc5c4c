/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listen.h"

static GSocketAddress *
parse (const char *text, guint16 default_port)
{
  g_autoptr (GSocketConnectable) parsed =
      g_network_address_parse (text, default_port, NULL);
  g_autoptr (GInetAddress) address = NULL;
  const char *host;

  if (!parsed)
    return NULL;
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  address = g_str_equal (host, "localhost")
                ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                : g_inet_address_new_from_string (host);
  if (!address)
    return NULL;
  return g_inet_socket_address_new (
      address, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
}

static gboolean
may_listen (const ServeOptions *options, GSocketAddress *address)
{
  GInetAddress *inet =
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));

  return options->token || options->open_to_all ||
         g_inet_address_get_is_loopback (inet);
}

GSocketAddress *
serve_listen_parse (const char *name, const char *text, guint16 default_port,
    const ServeOptions *options, GError **error)
{
  g_autoptr (GSocketAddress) address = parse (text, default_port);

  if (!address)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s is \"%s\", expected a number like 127.0.0.1:%u", name, text,
        default_port);
  else if (!may_listen (options, address))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s %s: others could connect; give a --token, or --open-to-all", name,
        text);
  else
    return g_steal_pointer (&address);
  return NULL;
}
