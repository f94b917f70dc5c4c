#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trains the networks that siambantrack runs, for objects of one's own.

    train.py pack LAYOUT:PATH... -o PACK     crops of a data set, once
    train.py label VIDEO... -o FOLDER        boxes for videos without any
    train.py train CONFIG --data PACK... -o FOLDER
    train.py evaluate MODEL CONFIG SEQUENCES...

Needs PyTorch, NumPy, opencv-python-headless and PyYAML. docs/training.md tells
the rest.
"""
import argparse
import os
import sys

NEEDED = {'torch': 'torch', 'numpy': 'numpy', 'cv2': 'opencv-python-headless',
          'yaml': 'pyyaml'}


def check_modules():
    """Says what is missing in one line instead of a traceback."""
    missing = []
    for module, package in NEEDED.items():
        try:
            __import__(module)
        except ImportError:
            missing.append(package)
    if missing:
        sys.exit(f'train.py: not installed: {", ".join(missing)}; '
                 f'pip install {" ".join(missing)}')


def weighted(text):
    """PACK or PACK=WEIGHT."""
    path, equals, weight = text.rpartition('=')
    try:
        return (path, float(weight)) if equals else (text, 1.)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f'{text}: expected PACK=WEIGHT') from error


def box(text):
    parts = tuple(map(float, text.split(',')))
    if len(parts) != 4:
        raise argparse.ArgumentTypeError(f'{text}: expected X,Y,W,H')
    return parts


def add_pack(commands):
    command = commands.add_parser(
        'pack', help='crops around the objects of data sets, in one file',
        description='Layouts: boxes (a CSV or JSON file of one\'s own), coco, '
        'got10k, lasot, otb, vid, voc, yolo, and windows: pictures without '
        'boxes, whose objects are random windows.')
    command.add_argument('source', nargs='+', metavar='LAYOUT:PATH')
    command.add_argument('-o', '--output', required=True, metavar='PACK',
                         help='writes PACK.blob and PACK.npz')
    command.add_argument('--most', type=int, default=0, metavar='N',
                         help='frames of a track, spread over it (all)')
    command.add_argument('--workers', type=int, default=2, metavar='N')


def add_label(commands):
    command = commands.add_parser(
        'label', help='boxes for videos, by a model that follows both ways')
    command.add_argument('video', nargs='+')
    command.add_argument('-o', '--output', required=True, metavar='FOLDER',
                         help='pictures and boxes.csv, for boxes:FOLDER')
    command.add_argument('--box', type=box, action='append',
                         metavar='X,Y,W,H', help='an object of the first '
                         'frame; without, windows are proposed')
    command.add_argument('--model', help='the teacher (the built-in model)')
    command.add_argument('--config', help='its config.yaml')
    command.add_argument('--stride', type=int, default=1, metavar='N',
                         help='takes every Nth frame (1)')
    command.add_argument('--length', type=int, default=60, metavar='N',
                         help='frames of a segment (60)')
    command.add_argument('--objects', type=int, default=2, metavar='N',
                         help='windows proposed a segment (2)')
    command.add_argument('--agree', type=float, default=0.6, metavar='IOU',
                         help='least overlap of the two ways (0.6)')
    command.add_argument('--seed', type=int, default=0)


def add_evaluation(command):
    command.add_argument('--eval-program', default='siamban-eval',
                         metavar='FILE')
    command.add_argument('--starts', type=int, default=1, metavar='N')
    command.add_argument('--jobs', type=int, default=1, metavar='N')


def add_train(commands):
    command = commands.add_parser('train', help='trains, or goes on')
    command.add_argument('config', metavar='CONFIG')
    command.add_argument('--data', type=weighted, nargs='+', required=True,
                         metavar='PACK[=WEIGHT]',
                         help='packs, and how often each is drawn from')
    command.add_argument('-o', '--output', required=True, metavar='FOLDER',
                         help='where there is a training already, it goes on')
    command.add_argument('--init', metavar='MODEL', help='weights to begin '
                         'with: .pth or .safetensors (random)')
    command.add_argument('--teacher', metavar='MODEL',
                         help='a trained network to learn from')
    command.add_argument('--teacher-config', metavar='FILE',
                         help='its config.yaml (CONFIG)')
    command.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    command.add_argument('--processes', type=int, metavar='N',
                         help='on the CPU; with 1, results can be repeated '
                         '(one a CPU)')
    command.add_argument('--workers', type=int, metavar='N',
                         help='threads that make pairs ahead (0, with cuda 8)')
    command.add_argument('--minutes', type=float, default=0., metavar='N',
                         help='stops after so long, to go on another time')
    command.add_argument('--within', type=float, default=0., metavar='N',
                         help='lets the epochs last N minutes in all, however '
                         'many pairs that are, so that the rate is down by '
                         'then')
    command.add_argument('--steps', type=int, default=0, metavar='N',
                         help='ends after so many steps (TRAIN.EPOCH)')
    command.add_argument('--seed', type=int, default=0)
    command.add_argument('--held-out', nargs='+', default=(),
                         metavar='SEQUENCE', help='followed by siamban-eval '
                         'after every epoch; the best network is kept')
    add_evaluation(command)


def add_evaluate(commands):
    command = commands.add_parser(
        'evaluate', help='AUC and precision by siamban-eval')
    command.add_argument('model')
    command.add_argument('config')
    command.add_argument('sequence', nargs='+')
    add_evaluation(command)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    for add in add_pack, add_label, add_train, add_evaluate:
        add(commands)
    return parser.parse_args()


def run_pack(args):
    from siamtrain import pack, readers
    n = pack.write(readers.read_all(args.source), args.output, args.most,
                   args.workers)
    print(f'{args.output}: {n} crops')


def run_label(args):
    from siamtrain import follow
    settings = follow.Settings(
        model=args.model, config=args.config, length=args.length,
        objects=args.objects, agree=args.agree, seed=args.seed)
    tracks, boxes = follow.label(args.video, args.output, settings, args.box,
                                 args.stride)
    print(f'{args.output}: {tracks} tracks, {boxes} boxes')


def evaluation_of(args):
    from siamtrain import evaluate
    return evaluate.Settings(args.eval_program, args.starts, args.jobs)


def run_train(args):
    from siamtrain import loop
    gpu = args.device == 'cuda'
    loop.train(loop.Options(
        config=args.config, folder=args.output, data=args.data,
        init=args.init, teacher=args.teacher,
        teacher_config=args.teacher_config, device=args.device,
        processes=1 if gpu else
        args.processes or len(os.sched_getaffinity(0)),
        workers=(8 if gpu else 0) if args.workers is None else args.workers,
        seed=args.seed, steps=args.steps, minutes=args.minutes, within=args.within,
        held_out=args.held_out, evaluation=evaluation_of(args)))


def run_evaluate(args):
    from siamtrain import evaluate
    figures = evaluate.run(args.model, args.config, args.sequence,
                           evaluation_of(args))
    print('  '.join(f'{name} {value:.4f}' for name, value in figures.items()))


def main():
    args = parse()
    check_modules()
    run = {'pack': run_pack, 'label': run_label, 'train': run_train,
           'evaluate': run_evaluate}[args.command]
    try:
        run(args)
    except (OSError, ValueError, RuntimeError) as error:
        sys.exit(f'train.py: {error}')


if __name__ == '__main__':
    main()
