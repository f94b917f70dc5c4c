/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool/cgroup.h"

#include <glib/gstdio.h>

#include "../support/tree.h"

#define V1_MOUNT                                                               \
  "30 29 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"          \
  "31 29 0:27 %s /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup "     \
  "rw,cpu,cpuacct\n"
#define V2_MOUNT                                                               \
  "31 29 0:27 %s /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n"

typedef struct
{
  const char *name;
  const char *cgroup;
  const char *mount; /* with the mount's root */
  const char *mount_root;
  const char *files[4][2]; /* path, text */
  unsigned cpus;
} Case;

static const Case cases[] = {
    {"none", "", "", "", {{NULL}}, 0},
    {"v2-max", "0::/\n", V2_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu.max", "max 100000\n"}}, 0},
    {"v2-rounded-up", "0::/\n", V2_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu.max", "150000 100000\n"}}, 2},
    {"v2-inner", "0::/a/b\n", V2_MOUNT, "/",
        {{"/sys/fs/cgroup/a/cpu.max", "300000 100000\n"},
            {"/sys/fs/cgroup/a/b/cpu.max", "800000 100000\n"}},
        3},
    {"v2-container", "0::/docker/x\n", V2_MOUNT, "/docker/x",
        {{"/sys/fs/cgroup/cpu.max", "200000 50000\n"}}, 4},
    {"v2-nonsense", "0::/\n", V2_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu.max", "200000\n"}}, 0},
    {"v1-none", "4:memory:/m\n3:cpu,cpuacct:/\n", V1_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
            {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
        0},
    {"v1", "4:memory:/m\n3:cpu,cpuacct:/job\n0::/\n", V1_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "250000\n"},
            {"/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n"}},
        3},
    {"v1-zero-period", "3:cpu:/\n", V1_MOUNT, "/",
        {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000\n"},
            {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "0\n"}},
        0},
};

static void
write_under (const char *root, const char *path, const char *text)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *root = g_dir_make_tmp ("siamban-XXXXXX", NULL);
  g_auto (GStrv) parts = g_strsplit (c->mount, "%s", 2);
  g_autofree char *mounts = g_strjoinv (c->mount_root, parts);

  write_under (root, "/proc/self/cgroup", c->cgroup);
  write_under (root, "/proc/self/mountinfo", mounts);
  for (guint i = 0; i < G_N_ELEMENTS (c->files) && c->files[i][0]; i++)
    write_under (root, c->files[i][0], c->files[i][1]);
  g_assert_cmpuint (siamban_cgroup_cpus (root), ==, c->cpus);
  test_tree_remove (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/cgroup/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
