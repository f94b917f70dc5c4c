/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

/* Removes @path and, if that is a folder, what it holds; follows no links. */
void test_tree_remove (const char *path);

#endif
