# SPDX-License-Identifier: LGPL-2.1-or-later
"""The folder of a training: what it writes, and goes on from.

    config.yaml           as given
    model.safetensors     the network as it is now, for the C reader
    best.safetensors      as it was when the evaluation found it best
    last.pth, worker*.pth everything to go on from
    log.jsonl             figures, a line each
    curves.png            the same as a picture
"""
import json
import pathlib
import shutil

import torch

from . import checkpoint, curves


class Run:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def path(self, name):
        return self.folder / name

    def begin(self, config_path):
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.path('config.yaml').exists():
            shutil.copyfile(config_path, self.path('config.yaml'))

    def state_path(self, rank):
        return self.path(f'worker{rank}.pth' if rank else 'last.pth')

    def load(self, rank):
        """What save() was given last, or None."""
        path = self.state_path(rank)
        if not path.exists():
            return None
        return torch.load(path, map_location='cpu', weights_only=True)

    def save(self, rank, state):
        checkpoint.replace(self.state_path(rank),
                           lambda part: torch.save(state, part))

    def export(self, tensors, name='model.safetensors'):
        checkpoint.write(self.path(name), tensors)

    def keep_best(self):
        shutil.copyfile(self.path('model.safetensors'),
                        self.path('best.safetensors'))

    def log(self, **figures):
        with open(self.path('log.jsonl'), 'a', encoding='utf-8') as file:
            file.write(json.dumps(figures) + '\n')

    def figures(self):
        path = self.path('log.jsonl')
        if not path.exists():
            return []
        return [json.loads(line)
                for line in path.read_text(encoding='utf-8').splitlines()]

    def forget_after(self, step):
        """Drops figures that the state gone on from has not seen."""
        kept = [f for f in self.figures() if f['step'] <= step]
        self.path('log.jsonl').write_text(
            ''.join(json.dumps(f) + '\n' for f in kept), encoding='utf-8')

    def draw(self):
        curves.draw(self.figures(), self.path('curves.png'))
