/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/foreign.h"

#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 16

/* Sections that one tracker's configs have and SiamBAN's have not; in front
 * those that may stand beside the others. */
static const struct
{
  const char *key, *tracker;
} sections[] = {
    {"MASK", "SiamMask"},
    {"REFINE", "SiamMask"},
    {"CAR", "SiamCAR"},
    {"GAT", "SiamGAT"},
    {"ATTN", "SiamAttn"},
    {"ENHANCE", "SiamAttn"},
    {"APN", "SiamAPN"},
    {"KPN", "SiamKPN"},
    {"CORNER", "SiamCorners"},
    {"OCEAN", "Ocean"},
    {"LIGHTTRACK", "LightTrack"},
    {"SIAMFC", "SiamFC"},
    {"SIAMRPN", "SiamRPN"},
    {"RPN", "SiamRPN"},
    {"ANCHOR", "SiamRPN"},
    {"MODEL", "STARK or OSTrack"},
};

/* How TRACK.TYPE begins, whatever the case. */
static const char *const types[] = {"SiamRPN", "SiamMask", "SiamCAR", "SiamGAT",
    "SiamAttn", "SiamAPN", "SiamKPN", "SiamCorners", "SiamFC", "SiamDW",
    "SiamTPN", "HiFT", "TCTrack", "Ocean", "LightTrack", "TransT", "STARK",
    "DiMP", "ATOM"};

/* Follows the events of a file, key by key, two levels deep. */
typedef struct
{
  yaml_parser_t parser;
  int depth;
  gboolean is_value; /* at depth 1 or 2: a key has been */
  gboolean in_track, at_type, has_ban;
  guint best; /* of sections, or their number */
  gsize line;
  SiambanForeign *foreign;
} Scan;

static void
note_section (Scan *scan, const char *key, gsize line)
{
  guint i = 0;

  scan->in_track = g_str_equal (key, "TRACK");
  scan->has_ban |= g_str_equal (key, "BAN");
  while (i < G_N_ELEMENTS (sections) && !g_str_equal (key, sections[i].key))
    i++;
  if (i < scan->best) {
    scan->best = i;
    scan->line = line;
  }
}

/* TRUE ends the search. */
static gboolean
note_type (Scan *scan, const char *type, gsize line)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strncasecmp (type, types[i], strlen (types[i])) == 0) {
      *scan->foreign = (SiambanForeign){types[i], "TRACK.TYPE", line};
      return TRUE;
    }
  return FALSE;
}

static gboolean
note_scalar (Scan *scan, const yaml_event_t *event)
{
  const char *text = (const char *)event->data.scalar.value;
  gsize line = event->start_mark.line + 1;
  gboolean is_key = !scan->is_value;

  scan->is_value = is_key;
  if (scan->depth == 1 && is_key)
    note_section (scan, text, line);
  if (scan->depth != 2 || !scan->in_track)
    return FALSE;
  if (!is_key && scan->at_type && note_type (scan, text, line))
    return TRUE;
  scan->at_type = is_key && g_str_equal (text, "TYPE");
  return FALSE;
}

/* TRUE ends the search. */
static gboolean
note_event (Scan *scan, const yaml_event_t *event)
{
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      return note_scalar (scan, event);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
      scan->is_value = FALSE;
      return ++scan->depth > MAX_DEPTH;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
      scan->is_value = FALSE;
      scan->depth--;
      return FALSE;
    default:
      return event->type == YAML_STREAM_END_EVENT;
  }
}

static void
run_scan (Scan *scan)
{
  yaml_event_t event;
  gboolean done = FALSE;

  while (!done && yaml_parser_parse (&scan->parser, &event)) {
    done = note_event (scan, &event);
    yaml_event_delete (&event);
  }
}

gboolean
siamban_config_is_foreign (
    const char *text, gsize size, SiambanForeign *foreign)
{
  Scan scan = {.best = G_N_ELEMENTS (sections), .foreign = foreign};

  *foreign = (SiambanForeign){0};
  if (!yaml_parser_initialize (&scan.parser))
    return FALSE;
  yaml_parser_set_encoding (&scan.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (
      &scan.parser, (const unsigned char *)text, size);
  run_scan (&scan);
  yaml_parser_delete (&scan.parser);
  if (!foreign->tracker && !scan.has_ban && scan.best < G_N_ELEMENTS (sections))
    *foreign = (SiambanForeign){
        sections[scan.best].tracker, sections[scan.best].key, scan.line};
  return foreign->tracker != NULL;
}
