/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sniff.h"

#include <string.h>

#define TAR_MARK 257

static const struct
{
  gsize at;
  const char *mark;
  const char *name;
} marks[] = {
    {0, "version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, which stands for the file: get that by \"git lfs "
        "pull\""},
    {0, "\x1f\x8b", "compressed by gzip: unpack it first"},
    {0, "BZh", "compressed by bzip2: unpack it first"},
    {0,
        "\xfd"
        "7zXZ",
        "compressed by xz: unpack it first"},
    {0, "\x28\xb5\x2f\xfd", "compressed by zstd: unpack it first"},
    {0, "7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"},
    {0, "Rar!", "a RAR archive: unpack it first"},
    {0, "\x89HDF", "an HDF5 file, as Keras writes it"},
    {0, "GGUF", "a GGUF file"},
    {0, "\x93NUMPY", "a NumPy array"},
    {TAR_MARK, "ustar",
        "a tar archive, as PyTorch 0.1 wrote them: load it there and save its "
        "state_dict anew"},
};

static gboolean
is_zero (const guint8 *data, gsize size)
{
  while (size > 0 && data[size - 1] == 0)
    size--;
  return size == 0;
}

/* Whether the first that is no space or byte order mark is '<'. */
static gboolean
is_markup (const guint8 *data, gsize size)
{
  gsize i = 0;

  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  while (i < size && g_ascii_isspace (data[i]))
    i++;
  return i + 1 < size && data[i] == '<' &&
         (data[i + 1] == '!' || data[i + 1] == '?' ||
             g_ascii_isalpha (data[i + 1]));
}

const char *
siamban_sniff (const void *head, gsize size)
{
  if (size == 0)
    return "an empty file";
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    gsize length = strlen (marks[i].mark);

    if (size >= marks[i].at + length &&
        memcmp ((const guint8 *)head + marks[i].at, marks[i].mark, length) == 0)
      return marks[i].name;
  }
  if (is_markup (head, size))
    return "a web page or other XML, as a wrong address or a login gives: "
           "download it again";
  if (is_zero (head, size))
    return "nothing but zeros: a download that was not finished";
  return NULL;
}
