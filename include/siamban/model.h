/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_H
#define SIAMBAN_MODEL_H

#include <siamban/error.h>

G_BEGIN_DECLS

/**
 * SiambanModel:
 *
 * A loaded network: immutable, reference-counted, usable from any number of
 * threads at once. The same files loaded twice in one process are one model.
 */
typedef struct _SiambanModel SiambanModel;

/**
 * SiambanTemplate:
 *
 * What the template branch keeps of one target: the features that the search
 * branch correlates with. Immutable; holds a reference to its model.
 */
typedef struct _SiambanTemplate SiambanTemplate;

/**
 * SiambanPrecision:
 * @SIAMBAN_PRECISION_AUTO: int8 if the file was made for it by
 *     siamban-quantize and the CPU has the instructions; bf16 if all tensors
 *     of 4 dimensions are stored in bfloat16 and the CPU has AVX-512 BF16;
 *     else fp32.
 * @SIAMBAN_PRECISION_FP32: 32-bit floats.
 * @SIAMBAN_PRECISION_INT8: products of 8-bit and 16-bit integers, where they
 *     cost little accuracy; faster.
 * @SIAMBAN_PRECISION_BF16: products of bfloat16, in Winograd's algorithm of
 *     16-bit integers; of any file. It follows as well as fp32 does, not in
 *     the same boxes to the pixel. For CPUs with AVX-512 BF16.
 *
 * What a network's convolutions are computed in.
 */
typedef enum
{
  SIAMBAN_PRECISION_AUTO,
  SIAMBAN_PRECISION_FP32,
  SIAMBAN_PRECISION_INT8,
  SIAMBAN_PRECISION_BF16
} SiambanPrecision;

/**
 * SiambanModelInfo:
 * @architecture: "resnet50", "mobilenetv2", "nanotrack-v1" ...; static.
 * @template_size: side of the template crop in pixels, 127.
 * @search_size: side of the search crop in pixels, 255.
 * @score_size: side of the grid of scores, 25 for SiamBAN.
 * @stride: search-crop pixels from one grid point to the next.
 * @cls_channels: 2 (softmax, target second) or 1 (sigmoid).
 * @n_parameters: numbers in the tensors that the network uses.
 * @template_macs: multiply-accumulates of the template branch.
 * @search_macs: multiply-accumulates of the search branch, for one crop.
 * @precision: what it is computed in, never AUTO.
 * @cpu: the instructions that it is computed with, "avx2", "avx512-bf16" ...;
 *     static.
 * @kept: %TRUE if its packed weights were read from the folder that the
 *     environment variable SIAMBAN_CACHE_DIR names, and not made anew.
 *
 * Filled by siamban_model_get_info(); what a later version adds takes of the
 * reserved room.
 */
typedef struct
{
  const char *architecture;
  int template_size;
  int search_size;
  int score_size;
  int stride;
  int cls_channels;
  guint64 n_parameters;
  guint64 template_macs;
  guint64 search_macs;
  SiambanPrecision precision;
  const char *cpu;
  gboolean kept;
  /*< private >*/
  gpointer reserved[6];
} SiambanModelInfo;

/**
 * siamban_model_load:
 * @checkpoint: (nullable): a .pth or .safetensors file, the name of a model, or
 *     %NULL for the one that ships with the library.
 * @config: (nullable): the config.yaml published beside it, or %NULL: the
 *     architecture is then told from the checkpoint's tensors, and the
 *     tracker's constants are the published ones for that architecture. With
 *     @checkpoint %NULL, %NULL means the config that ships beside the built-in
 *     model.
 * @precision: what to compute in. It is an error to ask for int8 of a file
 *     that siamban-quantize did not make, or for int8 or bf16 on a CPU
 *     without AVX2.
 *
 * Reads, checks and packs a network. Takes up to a second for a large one.
 *
 * What has only letters, digits, dashes and underscores is a name, never a
 * file (which is "./NAME"): NAME.safetensors or NAME.pth, with the config
 * NAME.yaml if that is beside it and @config is %NULL. They are looked for in
 * the folder that the environment variable SIAMBAN_MODELS_DIR names, or else in
 * siamban/models of the user's data folder; then in siamban/models of the
 * system's data folders; then among the models that ship ("builtin").
 *
 * If the environment variable SIAMBAN_CACHE_DIR names a folder, the packed
 * weights are kept there, as large as the checkpoint or twice that, and read
 * from there the next time, which is several times faster. Nothing is packed
 * for a file that has changed since. Whoever can write to the folder decides
 * what the network computes. A file there that cannot be used is replaced,
 * and one that cannot be written is a warning; all can be removed at any
 * time. Those used longest ago are, once they are more than 1024 MB together,
 * or what SIAMBAN_CACHE_MAX_MB says.
 *
 * Returns: (transfer full): the model, or %NULL with @error set, one of
 *     %SIAMBAN_ERROR_IO, _CHECKPOINT, _CONFIG, _MODEL, or _ARGUMENT for a
 *     @precision that is none.
 */
SIAMBAN_API SiambanModel *siamban_model_load (const char *checkpoint,
    const char *config, SiambanPrecision precision, GError **error);

/* "auto", "fp32", "int8" or "bf16", static; NULL if it is none of them. */
SIAMBAN_API const char *siamban_precision_name (SiambanPrecision precision);
/* FALSE if it is none of them; @precision is left alone then. */
SIAMBAN_API gboolean siamban_precision_from_name (
    const char *name, SiambanPrecision *precision);

SIAMBAN_API SiambanModel *siamban_model_ref (SiambanModel *model);
SIAMBAN_API void siamban_model_unref (SiambanModel *model);

/* @info: (out caller-allocates). */
SIAMBAN_API void siamban_model_get_info (
    const SiambanModel *model, SiambanModelInfo *info);

/**
 * siamban_model_embed:
 * @z: 3 x template_size x template_size floats, planes B, G, R, range 0..255,
 *     not normalised.
 * @threads: most threads to use; 0 for as many as the affinity mask allows,
 *     where that is found to be faster than one.
 *
 * Runs the template branch. Blocks until done.
 *
 * Returns: (transfer full): the features, freed by siamban_template_free().
 */
SIAMBAN_API SiambanTemplate *siamban_model_embed (
    SiambanModel *model, const float *z, unsigned threads);

SIAMBAN_API void siamban_template_free (SiambanTemplate *tmpl);

/**
 * siamban_model_search:
 * @n: number of crops, at least 1; they run as one batch.
 * @templates: (array length=n): one template a crop, all made by @model.
 * @x: n x 3 x search_size x search_size floats, planes B, G, R, range 0..255.
 * @cls: (out caller-allocates): n x cls_channels x score_size x score_size,
 *     the scores as the network gives them, before softmax or sigmoid.
 * @loc: (out caller-allocates): n x 4 x score_size x score_size, distances to
 *     the box's left, top, right, bottom edge in search-crop pixels.
 * @threads: as for siamban_model_embed().
 *
 * Runs the search branch. Blocks until done. Results are bit-identical for any
 * @n and any @threads on one CPU level.
 *
 * Returns: %FALSE with %SIAMBAN_ERROR_ARGUMENT if @n is 0 or a template is of
 *     another model; nothing was written then.
 */
SIAMBAN_API gboolean siamban_model_search (SiambanModel *model, unsigned n,
    SiambanTemplate *const *templates, const float *x, float *cls, float *loc,
    unsigned threads, GError **error);

G_END_DECLS

#endif
