#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up runs of meson test: names what failed and why tests were skipped, and
ends with "N passed, N failed, N skipped". Fails if a test did, or if none ran.

A test that speaks TAP counts once for each of its points."""

import argparse
import json
import re
from collections import Counter
from pathlib import Path

GOOD = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}
POINT = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*(.*?)(?:\s*#\s*(skip|todo)\b\s*(.*))?$", re.I)


def points(text):
    for line in (text or "").splitlines():
        match = POINT.match(line)
        if match:
            bad, name, directive, why = match.groups()
            yield bool(bad), name, (directive or "").lower(), why


def of_test(test):
    """Yields (result, name, reason) of one entry of a log."""
    overall = GOOD.get(test["result"], "failed")
    count = Counter()
    for bad, name, directive, why in points(test.get("stdout")):
        skipped = directive == "skip"
        result = "skipped" if skipped else "failed" if bad and not directive else "passed"
        count[result] += 1
        yield result, f"{test['name']}: {name}", why
    if not count or (overall == "failed" and not count["failed"]):
        yield overall, test["name"], test["result"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broken", action="append", default=[], help="a build that failed")
    parser.add_argument("logs", nargs="*", type=Path, help="a .json log of meson test")
    args = parser.parse_args()

    count = Counter()
    rows = [("failed", f"build {name}", "does not build") for name in args.broken]
    for log in args.logs:
        for line in log.read_text().splitlines():
            for result, name, why in of_test(json.loads(line)):
                rows.append((result, f"{log.stem}: {name}", why))
    for result, name, why in rows:
        count[result] += 1
        if result != "passed":
            print(f"{result.upper()} {name}" + (f" ({why})" if why else ""))
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
