# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far it is, and how long it will take."""
import sys
import time


def clock(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f'{hours}:{minutes:02}:{seconds:02}'


class Clock:
    """Counts the seconds of a training, those before it was stopped too."""

    def __init__(self, total):
        self.total, self.start = total, time.monotonic()

    def go_on(self, seconds):
        self.start = time.monotonic() - seconds

    def seconds(self):
        return time.monotonic() - self.start

    def part(self):
        """Of the whole, 0 to 1."""
        return min(self.seconds() / self.total, 1)

    def left(self):
        return max(self.total - self.seconds(), 0)


class Left:
    """Time left, from the pace since the start."""

    def __init__(self, total, done=0):
        self.total, self.first, self.start = total, done, time.monotonic()

    def pace(self, done):
        return (done - self.first) / max(time.monotonic() - self.start, 1e-6)

    def text(self, done):
        pace = self.pace(done)
        return clock((self.total - done) / pace) if pace > 0 else 'unknown'


class Line:
    """One line on a terminal that is written over; nothing elsewhere."""

    def __init__(self, what, total):
        self.what, self.total = what, total
        self.left, self.next = Left(total), 0.
        self.terminal = sys.stderr.isatty()

    def show(self, done):
        if not self.terminal or time.monotonic() < self.next:
            return
        self.next = time.monotonic() + 0.5
        print(f'\r{self.what} {done} of {self.total}, '
              f'{self.left.text(done)} left ', end='', file=sys.stderr,
              flush=True)

    def end(self):
        if self.terminal:
            print('\r\033[K', end='', file=sys.stderr, flush=True)
