/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SIAMBAN_KEYS_H
#define SIAMBAN_KEYS_H

#include <stddef.h>

/* The keys that a config.yaml may have, section by section. */
typedef enum
{
  SIAMBAN_KEY_IGNORED, /* training: anything may follow */
  SIAMBAN_KEY_SECTION,
  SIAMBAN_KEY_TEXT,
  SIAMBAN_KEY_BOOL,
  SIAMBAN_KEY_INT,
  SIAMBAN_KEY_NUMBER,
  SIAMBAN_KEY_LIST /* of 1 to SIAMBAN_MAX_LEVELS integers */
} SiambanKeyKind;

typedef struct _SiambanKey SiambanKey;
struct _SiambanKey
{
  const char *name; /* NULL ends a section */
  SiambanKeyKind kind;
  double min, max;        /* of a number, or of each of a list */
  size_t value;           /* offset in SiambanConfig; 0: checked, not kept */
  size_t count;           /* of a list: offset of its length */
  const SiambanKey *keys; /* of a section */
};

extern const SiambanKey siamban_keys[];

/* Whether keys of @section that are not known are about training: then they are
 * passed by. */
int siamban_keys_are_open (const SiambanKey *section);

#endif
