/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/cgroup.h"

#include <string.h>

/* Fields of a line of mountinfo; what comes behind the dash has its own. */
enum
{
  MOUNT_ROOT = 3,
  MOUNT_POINT = 4,
  AFTER_DASH_TYPE = 1,
  AFTER_DASH_OPTIONS = 3
};

static char *
read_text (const char *root, const char *path)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  char *text = NULL;

  g_file_get_contents (full, &text, NULL, NULL);
  return text;
}

static gboolean
has_option (const char *list, const char *option)
{
  g_auto (GStrv) options = g_strsplit (list, ",", -1);

  return g_strv_contains ((const char *const *)options, option);
}

/* Word @n of a file; -1 if it is not there, or no number. */
static gint64
read_number (const char *root, const char *folder, const char *name, guint n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = read_text (root, path);
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", " \n", -1);
  gint64 number;

  if (g_strv_length (words) <= n ||
      !g_ascii_string_to_signed (words[n], 10, 0, G_MAXINT, &number, NULL))
    return -1;
  return number;
}

/* Of one group; 0: all. */
static unsigned
own_quota (const char *root, const char *folder, gboolean v2)
{
  gint64 quota =
      read_number (root, folder, v2 ? "cpu.max" : "cpu.cfs_quota_us", 0);
  gint64 period =
      read_number (root, folder, v2 ? "cpu.max" : "cpu.cfs_period_us", v2);

  if (quota <= 0 || period <= 0)
    return 0;
  return (quota + period - 1) / period;
}

static unsigned
lesser_quota (unsigned a, unsigned b)
{
  return a && b ? MIN (a, b) : MAX (a, b);
}

/* The least of a group's quota and those of the groups above it. */
static unsigned
least_quota (
    const char *root, const char *mount, const char *group, gboolean v2)
{
  g_autofree char *folder = g_strconcat (mount, group, NULL);
  size_t top = strlen (mount);
  unsigned least = 0;

  for (;;) {
    least = lesser_quota (least, own_quota (root, folder, v2));
    if (strlen (folder) <= top)
      return least;
    *strrchr (folder, '/') = '\0';
  }
}

/* The process's group in the hierarchy that has the CPU controller. */
static char *
find_group (const char *root, gboolean v2)
{
  g_autofree char *text = read_text (root, "/proc/self/cgroup");
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  for (char **line = lines; *line; line++) {
    g_auto (GStrv) parts = g_strsplit (*line, ":", 3);

    if (g_strv_length (parts) < 3)
      continue;
    if (v2 ? g_str_equal (parts[0], "0") && !*parts[1]
           : has_option (parts[1], "cpu"))
      return g_strdup (g_str_equal (parts[2], "/") ? "" : parts[2]);
  }
  return NULL;
}

static gboolean
is_hierarchy (char **after_dash, gboolean v2)
{
  if (g_strv_length (after_dash) <= AFTER_DASH_OPTIONS)
    return FALSE;
  if (v2)
    return g_str_equal (after_dash[AFTER_DASH_TYPE], "cgroup2");
  return g_str_equal (after_dash[AFTER_DASH_TYPE], "cgroup") &&
         has_option (after_dash[AFTER_DASH_OPTIONS], "cpu");
}

/* A container may see only its own group, mounted as if it were the top. */
static unsigned
quota_of_mount (const char *root, char **fields, const char *group, gboolean v2)
{
  const char *top = fields[MOUNT_ROOT];

  if (g_str_equal (top, "/"))
    top = "";
  if (g_str_has_prefix (group, top))
    group += strlen (top);
  else
    group = "";
  return least_quota (root, fields[MOUNT_POINT], group, v2);
}

static unsigned
quota_of_version (const char *root, gboolean v2)
{
  g_autofree char *group = find_group (root, v2);
  g_autofree char *text = read_text (root, "/proc/self/mountinfo");
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);

  for (char **line = lines; group && *line; line++) {
    const char *dash = strstr (*line, " - ");
    g_auto (GStrv) fields = g_strsplit (*line, " ", -1);
    g_auto (GStrv) after_dash = g_strsplit (dash ? dash + 1 : "", " ", -1);

    if (g_strv_length (fields) > MOUNT_POINT && is_hierarchy (after_dash, v2))
      return quota_of_mount (root, fields, group, v2);
  }
  return 0;
}

unsigned
siamban_cgroup_cpus (const char *root)
{
  return lesser_quota (
      quota_of_version (root, FALSE), quota_of_version (root, TRUE));
}
