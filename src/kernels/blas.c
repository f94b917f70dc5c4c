/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernels/blas.h"

#include <dlfcn.h>

#include "siamban-build.h"

/* In a namespace of its own: libraries that are loaded later and need a
 * libopenblas.so.0 (LAPACK, under gstreamer1.0-libav) would else be given this
 * one, which has not all that they want. Sanitizers know of one namespace. */
static void *
load_alone (const char *path)
{
#if defined(__GLIBC__) && !SIAMBAN_SANITIZED
  return dlmopen (LM_ID_NEWLM, path, RTLD_LAZY | RTLD_LOCAL);
#else
  return dlopen (path, RTLD_LAZY | RTLD_LOCAL);
#endif
}

static gboolean
find_functions (void *library, SiambanBlas *blas)
{
  __typeof__ (&openblas_get_parallel) parallel;
  __typeof__ (&openblas_get_num_threads) n_threads;

  /* The form that POSIX gives for functions. */
  *(void **)&blas->sgemm = dlsym (library, "cblas_sgemm");
  *(void **)&parallel = dlsym (library, "openblas_get_parallel");
  *(void **)&n_threads = dlsym (library, "openblas_get_num_threads");
  if (!blas->sgemm || !parallel || !n_threads)
    return FALSE;
  blas->serial = parallel () == OPENBLAS_SEQUENTIAL;
  return blas->serial || n_threads () == 1;
}

static gpointer
blas_load (gpointer unused)
{
  static const char *const paths[] = {SIAMBAN_OPENBLAS, "libopenblas.so.0"};
  static SiambanBlas blas;

  (void)unused;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    void *library = load_alone (paths[i]);

    if (library && find_functions (library, &blas))
      return &blas;
    if (library)
      dlclose (library);
  }
  g_info ("no OpenBLAS: %s", dlerror ());
  return NULL;
}

const SiambanBlas *
siamban_blas (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, blas_load, NULL);
}
