#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions of what a frame costs, which no other load disturbs.

    instructions.py [--record] [--slow] [--only WORD] BUILD

Runs parts of the build folder BUILD under callgrind, at level AVX2 in one
thread, prints how many million instructions they take, and fails where that is
over 2 % more than instructions.json has for this compiler and optimisation.
--record writes the counts there. Needs valgrind, and PyTorch to make the
checkpoints. --only takes the cases with WORD in their name. All take some
minutes, without --slow: valgrind emulates every fused multiply-add by itself,
so SiamBAN-R50 in fp32 takes most of an hour. ResNet-18 has the same kernels.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORD = HERE / 'instructions.json'
CLIP = ROOT / 'data/demo/walker.mp4'
TOLERANCE = 1.02


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = build.resolve(), pathlib.Path(folder)
        self.program = self.build / 'tests/bench/instructions'
        self.env = os.environ | {'SIAMBAN_CPU': 'avx2',
                                 'SIAMBAN_DATA_DIR': str(ROOT / 'data')}

    def key(self):
        """What counts may be compared under."""
        version = self.run(self.program, 'compiler').stdout.strip()
        options = json.loads(
            (self.build / 'meson-info/intro-buildoptions.json').read_text())
        level = next(o['value'] for o in options if o['name'] == 'optimization')
        return f'{os.uname().machine}, {version}, -O{level}'

    def run(self, *command):
        done = subprocess.run(command, env=self.env, text=True,
                              capture_output=True)
        if done.returncode:
            sys.exit(f'{command[0]}: {done.stderr}')
        return done

    def count(self, *args):
        done = self.run(
            'valgrind', '--tool=callgrind', '--instr-atstart=no',
            '--callgrind-out-file=/dev/null', self.program, *args)
        return int(re.search(r'Collected *: *(\d+)', done.stderr)[1])

    def checkpoint(self, net):
        path = self.folder / f'{net}.safetensors'
        if not path.exists():
            self.run(sys.executable, ROOT / 'tests/reference/make_checkpoint.py',
                     net, path, '--form', 'safetensors')
        return path, path.with_name(path.name + '.yaml')

    def quantised(self, net):
        path, config = self.checkpoint(net)
        out = self.folder / f'{net}.int8.safetensors'
        self.run(self.build / 'tools/quantize/siamban-quantize', path, CLIP,
                 '--config', config, '-o', out)
        return out, config


def cases(bench, slow):
    """name -> function that counts."""
    found = {'builtin fp32': lambda: bench.count('search', 'fp32')}
    for net in ('mobilenetv2-3,5', 'resnet18') + ('resnet50',) * slow:
        found[f'{net} fp32'] = lambda net=net: bench.count(
            'search', 'fp32', *bench.checkpoint(net))
    found['resnet50 int8'] = lambda: bench.count(
        'search', 'int8', *bench.quantised('resnet50'))
    for part in 'crop', 'draw':
        for format in 'NV12', 'I420', 'YUY2', 'BGRx':
            found[f'{part} {format}'] = (
                lambda part=part, format=format: bench.count(part, format))
    return found


def compare(name, count, recorded):
    """Prints a line; FALSE if it is too much."""
    old = recorded.get(name)
    change = f'{count / old - 1:+9.2%}' if old else ''
    print(f'{name:20} {count / 1e6:12.2f} {change}', flush=True)
    return not old or count <= TOLERANCE * old


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--record', action='store_true')
    parser.add_argument('--slow', action='store_true')
    parser.add_argument('--only', default='', metavar='WORD')
    parser.add_argument('build', type=pathlib.Path, metavar='BUILD')
    args = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args.build, folder)
        key = bench.key()
        if key not in record:
            print(f'nothing is recorded for {key}, only for: '
                  + '; '.join(record), file=sys.stderr)
        recorded = record.setdefault(key, {})
        counts = {}
        good = True
        for name, count in cases(bench, args.slow).items():
            if args.only in name:
                counts[name] = count()
                good = compare(name, counts[name], recorded) and good
    if args.record:
        recorded.update(counts)
        RECORD.write_text(json.dumps(record, indent=2) + '\n')
    elif not good:
        sys.exit(f'more than recorded in {RECORD.name} by over 2 %')


if __name__ == '__main__':
    main()
