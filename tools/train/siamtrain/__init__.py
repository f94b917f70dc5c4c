# SPDX-License-Identifier: LGPL-2.1-or-later
"""Training of the networks that libsiamban runs. See docs/training.md."""
