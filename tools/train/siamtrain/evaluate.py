# SPDX-License-Identifier: LGPL-2.1-or-later
"""How well a network follows, by siamban-eval on sequences held back."""
import dataclasses
import json
import pathlib
import subprocess
import tempfile

FIGURES = ('auc', 'precision')


@dataclasses.dataclass
class Settings:
    program: str = 'siamban-eval'
    starts: int = 1
    jobs: int = 1


def run(model, config, folders, settings):
    """The means over @folders: name -> figure."""
    settings = settings or Settings()
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / 'figures.json'
        command = [settings.program, '--model', str(model),
                   '--config', str(config), '--mode', 'reference',
                   '--starts', str(settings.starts),
                   '--jobs', str(settings.jobs), '--json', str(out),
                   *map(str, folders)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f'{settings.program}: {done.stderr.strip()}')
        means = json.loads(out.read_text(encoding='utf-8'))['mean']
    return {name: means[name]['mean'] for name in FIGURES}
