/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_MODEL_FILES_H
#define SIAMBAN_MODEL_FILES_H

#include <siamban/error.h>

/* A model is given as a path or by a name. What has letters, digits, dashes and
 * underscores only is a name, whatever files there are: "./NAME" is the file.
 *
 * The checkpoint of a name is NAME.safetensors or NAME.pth, and its config
 * NAME.yaml beside it, in the first of these folders that has the checkpoint:
 * $SIAMBAN_MODELS_DIR or else the user's own, siamban/models in the system's
 * data folders, and the one of the models that ship. */
gboolean siamban_model_is_name (const char *given);

/* Where the user's models lie: $SIAMBAN_MODELS_DIR, or siamban/models in the
 * user's data folder. */
char *siamban_models_folder (void);

/* All folders, in the order in which they are looked into (transfer full). */
char **siamban_models_folders (void);

/* The files of @given (NULL: the built-in model) and @config (nullable, a
 * path): what is a path is taken as it is. *@config_file: NULL for the
 * constants that go with the architecture. FALSE with SIAMBAN_ERROR_IO if there
 * is no model of that name. */
gboolean siamban_model_find (const char *given, const char *config,
    char **checkpoint, char **config_file, GError **error);

#endif
