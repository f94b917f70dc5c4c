/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <yaml.h>

#include "config/config.h"

/* GLib ends the process when it gets no memory, libyaml says so: whichever of
 * its allocations fails, a config is an error and nothing leaks or crashes. */

void *__libc_malloc (size_t size);
void *__libc_realloc (void *block, size_t size);

static int countdown; /* of libyaml's allocations; 0: none fails */
static void *libyaml;

static int
fails_for (void *caller)
{
  Dl_info info;

  if (countdown == 0 || !dladdr (caller, &info) || info.dli_fbase != libyaml)
    return 0;
  return --countdown == 0;
}

void *
malloc (size_t size)
{
  return fails_for (__builtin_return_address (0)) ? NULL : __libc_malloc (size);
}

void *
realloc (void *block, size_t size)
{
  return fails_for (__builtin_return_address (0))
             ? NULL
             : __libc_realloc (block, size);
}

static char *
write_config (void)
{
  const char *text =
      "BACKBONE: {TYPE: resnet50, KWARGS: {used_layers: [2, 3]}}\n"
      "LOG: [{a: b}]\nTRACK:\n  LR: '0.25'\n";
  char *path;
  int fd = g_file_open_tmp ("siamban-XXXXXX.yaml", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_every_allocation (void)
{
  g_autofree char *path = write_config ();
  SiambanConfig *config = NULL;
  Dl_info info;
  int n = 0;

  g_assert_true (dladdr ((void *)yaml_parser_parse, &info));
  libyaml = info.dli_fbase;
  while (!config) {
    g_autoptr (GError) error = NULL;
    gboolean reached;

    countdown = ++n;
    config = siamban_config_load (path, &error);
    reached = countdown == 0;
    countdown = 0;
    if (!config)
      g_assert_error (error, SIAMBAN_ERROR, SIAMBAN_ERROR_CONFIG);
    else if (reached) /* one that only the first look had use for */
      g_clear_pointer (&config, siamban_config_free);
  }
  g_assert_cmpint (n, >, 20);
  g_assert_cmpfloat (config->lr, ==, 0.25);
  siamban_config_free (config);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/every-allocation", test_every_allocation);
  return g_test_run ();
}
