/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads folders laid out as the data sets are, and as they should not be. */

#include <string.h>

#include "folder.h"
#include "tools/eval/sequence.h"

static GPtrArray *
find (const char *folder, const char *ini, guint max_frames, GError **error)
{
  GPtrArray *sequences =
      g_ptr_array_new_with_free_func ((GDestroyNotify)eval_sequence_free);

  if (!eval_sequences_find (folder, ini, max_frames, sequences, error))
    g_clear_pointer (&sequences, g_ptr_array_unref);
  return sequences;
}

static GPtrArray *
find_well (const char *folder, guint n)
{
  GError *error = NULL;
  GPtrArray *sequences = find (folder, NULL, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sequences->len, ==, n);
  return sequences;
}

static void
assert_fails (const char *folder, const char *message)
{
  GError *error = NULL;

  g_assert_null (find (folder, NULL, 0, &error));
  g_assert_nonnull (error);
  if (!strstr (error->message, message))
    g_error ("expected \"%s\" in \"%s\"", message, error->message);
  g_error_free (error);
}

static void
assert_box (const EvalSequence *sequence, guint i, double x, double y, double w,
    double h)
{
  const EvalTruth *truth = eval_sequence_truth (sequence, i);

  g_assert_cmpint (truth->kind, ==, EVAL_PRESENT);
  g_assert_cmpfloat (truth->box.x, ==, x);
  g_assert_cmpfloat (truth->box.y, ==, y);
  g_assert_cmpfloat (truth->box.w, ==, w);
  g_assert_cmpfloat (truth->box.h, ==, h);
}

static void
assert_kind (const EvalSequence *sequence, guint i, EvalKind kind)
{
  g_assert_cmpint (eval_sequence_truth (sequence, i)->kind, ==, kind);
}

/* Every separator that OTB has; counts from 1. */
static void
test_otb (void)
{
  char *folder = folder_new ();
  GPtrArray *found;
  EvalSequence *sequence;

  folder_write_empty (folder, "David/img/%04d.jpg", 9, 3);
  folder_write (folder, "David/groundtruth_rect.txt",
      "10,20,30,40\r\n11\t21 30;40\nNaN,NaN,NaN,NaN\n\n");
  found = find_well (folder, 1);
  sequence = found->pdata[0];
  g_assert_cmpstr (sequence->name, ==, "David");
  g_assert_cmpint (sequence->layout, ==, EVAL_LAYOUT_OTB);
  assert_box (sequence, 0, 9, 19, 30, 40);
  assert_box (sequence, 1, 10, 20, 30, 40);
  assert_kind (sequence, 2, EVAL_ABSENT);
  g_assert_true (g_str_has_suffix (sequence->pictures->pdata[0], "0009.jpg"));
  g_assert_true (g_str_has_suffix (sequence->pictures->pdata[2], "0011.jpg"));
  g_ptr_array_unref (found);
  folder_remove (folder);
}

/* Two targets in one sequence, and a sequence that is named itself. */
static void
test_two_targets (void)
{
  char *folder = folder_new ();
  g_autofree char *inside = g_build_filename (folder, "Jogging", NULL);
  GPtrArray *found;

  folder_write_empty (folder, "Jogging/img/%04d.jpg", 1, 1);
  folder_write (folder, "Jogging/groundtruth_rect.1.txt", "1,1,2,2\n");
  folder_write (folder, "Jogging/groundtruth_rect.2.txt", "3,3,4,4\n");
  found = find_well (inside, 2);
  g_assert_cmpstr (((EvalSequence *)found->pdata[0])->name, ==, "Jogging.1");
  g_assert_cmpstr (((EvalSequence *)found->pdata[1])->name, ==, "Jogging.2");
  assert_box (found->pdata[1], 0, 2, 2, 4, 4);
  g_ptr_array_unref (found);
  folder_remove (folder);
}

static void
test_got (void)
{
  char *folder = folder_new ();
  GPtrArray *found;
  EvalSequence *sequence;

  folder_write_empty (folder, "val/GOT-10k_Val_000001/%04d.jpg", 1, 3);
  folder_write (folder, "val/GOT-10k_Val_000001/groundtruth.txt",
      "10,20,30,40\n10,20,30,40\n10,20,0,40\n");
  folder_write (folder, "val/GOT-10k_Val_000001/absence.label", "0\n1\n0\n");
  found = find_well (folder, 1);
  sequence = found->pdata[0];
  g_assert_cmpint (sequence->layout, ==, EVAL_LAYOUT_GOT);
  assert_box (sequence, 0, 10, 20, 30, 40);
  assert_kind (sequence, 1, EVAL_ABSENT);
  assert_kind (sequence, 2, EVAL_ABSENT);
  g_ptr_array_unref (found);
  folder_remove (folder);
}

/* Polygons, masks, frames that nothing is known of, and long-term ones. */
static void
test_vot (void)
{
  char *folder = folder_new ();
  GPtrArray *found;
  EvalSequence *sequence;

  folder_write_empty (folder, "bag/color/%04d.jpg", 1, 5);
  folder_write_empty (folder, "bag/other/%04d.png", 1, 6);
  folder_write (folder, "bag/sequence",
      "channels.color=color/%04d.jpg\nfps=25\nformat=default\n");
  folder_write (folder, "bag/groundtruth.txt",
      "5,1,9,4,5,7,1,4\n1.5,2,3,4\nm3,4,5,6,1,2,3\n0\nnan,nan,nan,nan\n");
  found = find_well (folder, 1);
  sequence = found->pdata[0];
  g_assert_cmpint (sequence->layout, ==, EVAL_LAYOUT_VOT);
  assert_box (sequence, 0, 1, 1, 8, 6);
  assert_box (sequence, 1, 1.5, 2, 3, 4);
  assert_box (sequence, 2, 3, 4, 5, 6);
  assert_kind (sequence, 3, EVAL_UNKNOWN);
  assert_kind (sequence, 4, EVAL_ABSENT);
  g_ptr_array_unref (found);
  folder_remove (folder);
}

/* The folder's own file goes before the one beside it, and the one that is
 * named before both. */
static void
test_notes (void)
{
  char *folder = folder_new ();
  g_autofree char *ini = g_build_filename (folder, "more.ini", NULL);
  GPtrArray *found;
  GError *error = NULL;

  folder_write_empty (folder, "a/pics/%04d.jpg", 100, 10);
  folder_write (folder, "a/groundtruth_rect.txt", "5,5,9,9\n6,6,9,9\n");
  folder_write (folder, "a/sequences.ini", "[*]\nfirst=103\nlast=104\n");
  folder_write (
      folder, "sequences.ini", "[a]\npictures=pics\nfirst=7\norigin=1\n");
  folder_write (folder, "more.ini", "[b]\norigin=1\n[?]\norigin=0\n");
  found = find (folder, ini, 0, &error);
  g_assert_no_error (error);
  assert_box (found->pdata[0], 0, 5, 5, 9, 9);
  g_assert_true (g_str_has_suffix (
      ((EvalSequence *)found->pdata[0])->pictures->pdata[0], "pics/0103.jpg"));
  g_ptr_array_unref (found);
  folder_remove (folder);
}

static void
test_bad_notes (void)
{
  char *folder = folder_new ();

  folder_write_empty (folder, "a/img/%04d.jpg", 1, 1);
  folder_write (folder, "a/groundtruth_rect.txt", "5,5,9,9\n");
  folder_write (folder, "sequences.ini", "[a]\norigin=2\n");
  assert_fails (folder, "[a] origin: expected a number from 0 to 1");
  folder_write (folder, "sequences.ini", "[a]\nfirst=one\n");
  assert_fails (folder, "[a] first: expected a number");
  folder_write (folder, "sequences.ini", "[a]\npictures=b\n");
  assert_fails (folder, "expected pictures (.jpg, .png) in b");
  folder_remove (folder);
}

static void
test_bad_truth (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
      {"1,2,3,4\n", "expected 2 lines, one a picture, got 1"},
      {"1,2,3,4\n1,2,3,4\n1,2,3,4\n", "expected 2 lines, one a picture, got 3"},
      {"", "expected 2 lines, one a picture, got 0"},
      {"1,2,3,4\n\n1,2,3,4\n", "line 2: expected x,y,w,h"},
      {"1,2,3\n1,2,3,4\n", "line 1: expected x,y,w,h"},
      {"1,2,3,4\n1,2,3,4,5,6,7\n", "line 2: expected x,y,w,h"},
      {"1,2,3,4\n1,2,x,4\n", "line 2: expected x,y,w,h"},
      {"1,2,3,4\n1,2,inf,4\n", "got \"1,2,inf,4\""},
      {"1,2,3,4\n\033[2J\n", "got \"\\033[2J\""},
      {"m1,2,3,4\n1,2,3,4\n", "line 1: expected x,y,w,h"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    char *folder = folder_new ();

    folder_write_empty (folder, "img/%04d.jpg", 1, 2);
    folder_write (folder, "groundtruth_rect.txt", cases[i].text);
    assert_fails (folder, cases[i].message);
    folder_remove (folder);
  }
}

static void
test_bad_folders (void)
{
  char *folder = folder_new ();

  assert_fails ("no/such/folder", "no/such/folder");
  assert_fails (folder, "expected a folder with groundtruth_rect.txt");
  folder_write (folder, "groundtruth.txt", "1,2,3,4\n");
  assert_fails (folder, "expected pictures (.jpg, .png) in img, imgs");
  folder_write_empty (folder, "%04d.jpg", 1, 1);
  folder_write (folder, "absence.label", "2\n");
  assert_fails (folder, "absence.label, line 1: expected 0 or 1");
  folder_write (folder, "absence.label", "0\n0\n");
  assert_fails (folder, "line 2: expected as many lines");
  folder_remove (folder);
}

static void
assert_starts (const EvalSequence *sequence, guint n, const char *expected)
{
  GArray *starts = eval_sequence_starts (sequence, n);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < starts->len; i++)
    g_string_append_printf (text, " %u", g_array_index (starts, guint, i));
  g_assert_cmpstr (text->str, ==, expected);
  g_array_unref (starts);
}

static void
test_starts (void)
{
  char *folder = folder_new ();
  GError *error = NULL;
  GPtrArray *found;

  folder_write_empty (folder, "img/%04d.jpg", 1, 9);
  folder_write (folder, "groundtruth_rect.txt",
      "NaN,NaN,NaN,NaN\n1,1,1,1\n1,1,1,1\nNaN,NaN,NaN,NaN\n1,1,1,1\n1,1,1,1\n"
      "1,1,1,1\n1,1,1,1\nNaN,NaN,NaN,NaN\n");
  found = find_well (folder, 1);
  assert_starts (found->pdata[0], 1, " 1");
  assert_starts (found->pdata[0], 3, " 1 4 6");
  assert_starts (found->pdata[0], 20, " 1 2 4 5 6 7");
  g_ptr_array_unref (found);
  found = find (folder, NULL, 1, &error);
  g_assert_no_error (error);
  assert_starts (found->pdata[0], 3, "");
  g_ptr_array_unref (found);
  folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sequence/otb", test_otb);
  g_test_add_func ("/sequence/two-targets", test_two_targets);
  g_test_add_func ("/sequence/got", test_got);
  g_test_add_func ("/sequence/vot", test_vot);
  g_test_add_func ("/sequence/notes", test_notes);
  g_test_add_func ("/sequence/bad-notes", test_bad_notes);
  g_test_add_func ("/sequence/bad-truth", test_bad_truth);
  g_test_add_func ("/sequence/bad-folders", test_bad_folders);
  g_test_add_func ("/sequence/starts", test_starts);
  return g_test_run ();
}
