# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs libsiamban and PyTorch on the same networks and crops.

    compare.py LIBSIAMBAN.so [--shared DIR] [NAME...]

Random checkpoints are made as config and file; prints the largest differences
of cls and loc. Fails where cls differs by 1e-4 or loc by 1e-3 pixels from double
precision, or where the three forms of a checkpoint file differ at all.
"""
import argparse
import ctypes
import pathlib
import sys
import tempfile

import numpy as np
import torch

import hashed
import siamban_ref as ref
from make_checkpoint import FORMS, NETS, make

CLS_BOUND, LOC_BOUND = 1e-4, 1e-3


class Info(ctypes.Structure):
    _fields_ = [('architecture', ctypes.c_char_p),
                ('template_size', ctypes.c_int), ('search_size', ctypes.c_int),
                ('score_size', ctypes.c_int), ('stride', ctypes.c_int),
                ('cls_channels', ctypes.c_int),
                ('n_parameters', ctypes.c_uint64),
                ('template_macs', ctypes.c_uint64),
                ('search_macs', ctypes.c_uint64),
                ('precision', ctypes.c_int),
                ('reserved', ctypes.c_void_p * 8)]


FP32, INT8, BF16 = 1, 2, 3


class GError(ctypes.Structure):
    _fields_ = [('domain', ctypes.c_uint32), ('code', ctypes.c_int),
                ('message', ctypes.c_char_p)]


class Library:
    def __init__(self, path):
        self.lib = lib = ctypes.CDLL(str(path))
        pointer = ctypes.c_void_p
        lib.siamban_model_load.restype = pointer
        lib.siamban_model_load.argtypes = (
            ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int,
            ctypes.POINTER(ctypes.POINTER(GError)))
        lib.siamban_model_get_info.argtypes = pointer, ctypes.POINTER(Info)
        lib.siamban_model_unref.argtypes = (pointer,)
        lib.siamban_model_embed.restype = pointer
        lib.siamban_model_embed.argtypes = pointer, pointer, ctypes.c_uint
        lib.siamban_template_free.argtypes = (pointer,)
        lib.siamban_model_search.argtypes = (
            pointer, ctypes.c_uint, ctypes.POINTER(pointer), pointer, pointer,
            pointer, ctypes.c_uint, pointer)

    def run(self, checkpoint, config, z, x, threads=0):
        """cls, loc and the model's info."""
        error = ctypes.POINTER(GError)()
        model = self.lib.siamban_model_load(
            str(checkpoint).encode(), config and str(config).encode(), FP32,
            ctypes.byref(error))
        if not model:
            raise RuntimeError(error.contents.message.decode())
        info = Info()
        self.lib.siamban_model_get_info(model, ctypes.byref(info))
        n = info.score_size
        z, x = (np.ascontiguousarray(t[0].numpy(), np.float32) for t in (z, x))
        cls = np.empty((info.cls_channels, n, n), np.float32)
        loc = np.empty((4, n, n), np.float32)
        template = ctypes.c_void_p(
            self.lib.siamban_model_embed(model, z.ctypes.data, threads))
        self.lib.siamban_model_search(
            model, 1, ctypes.byref(template), x.ctypes.data, cls.ctypes.data,
            loc.ctypes.data, threads, None)
        self.lib.siamban_template_free(template)
        self.lib.siamban_model_unref(model)
        return cls, loc, info


def report(name, ours, cls, loc, single, forms=1):
    def largest(a, b):
        return float(np.abs(a.astype(np.float64) - b[0].numpy()).max())

    d_cls, d_loc = largest(ours[0], cls), largest(ours[1], loc)
    t_cls, t_loc = (largest(a[0].numpy(), b)
                    for a, b in zip(single, (cls, loc)))
    good = d_cls < CLS_BOUND and d_loc < LOC_BOUND
    print(f'{name:23}{d_cls:9.1e}{d_loc:9.1e}  {t_cls:9.1e}{t_loc:9.1e}'
          + ('' if good else '  too far')
          + (f'  {forms} file forms, equal' if forms > 1 else ''), flush=True)
    return good


def compare_random(lib, name, cfg, folder, z, x):
    state_dict = make(cfg)
    cls, loc = ref.run(cfg, ref.Weights(state_dict, torch.float64), z, x)
    single = ref.run(cfg, ref.Weights(state_dict), z, x)
    config = folder / 'config.yaml'
    config.write_text(ref.config_yaml(cfg))
    results = {}
    for form, save in FORMS.items():
        if form != 'zip' and name not in ('resnet50', 'nanotrack-v3'):
            continue
        path = folder / f'{name}-{form}'
        save(path, state_dict)
        results[form] = lib.run(path, config, z, x)
        told = lib.run(path, None, z, x)
        path.unlink()
        if not same(told, results[form]):
            print(f'{name}: told without its config, it differs')
            return False
    first = next(iter(results.values()))
    for form, result in results.items():
        if not same(result, first):
            print(f'{name}: {form} gives other numbers')
            return False
    return report(name, first, cls, loc, single, len(results))


def same(a, b):
    return np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('library')
    parser.add_argument('--shared', type=pathlib.Path, default=pathlib.Path(
        __file__).resolve().parents[2].parent / 'shared')
    parser.add_argument('names', nargs='*')
    args = parser.parse_intermixed_args()
    lib = Library(args.library)
    z, x = hashed.crop(127, 0), hashed.crop(255, 9)
    good = True
    print('largest difference from double precision of\n'
          f'{"":23}{"libsiamban":>18}  {"PyTorch, single":>18}\n'
          f'{"":23}{"cls":>9}{"loc":>9}  {"cls":>9}{"loc":>9}')
    with tempfile.TemporaryDirectory() as folder:
        for name, cfg in NETS.items():
            if not args.names or name in args.names:
                good &= compare_random(lib, name, cfg, pathlib.Path(folder),
                                       z, x)
    published = {f'nanotrack-v{v}-published': (
        v, args.shared / f'models/nanotrack/nanotrackv{v}.pth',
        args.shared / f'models/nanotrack/configv{v}.yaml') for v in (1, 2, 3)}
    published['builtin'] = (
        ref.siamban_cfg('mobilenetv2', (3, 5), 64),
        args.shared / 'models/builtin/siamban_mobilenetv2.pth',
        args.shared / 'models/builtin/config.yaml')
    for name, (cfg, path, config) in published.items():
        if (not args.names or name in args.names) and path.exists():
            tensors = ref.load_state_dict(path)
            cls, loc = ref.run(cfg, ref.Weights(tensors, torch.float64), z, x)
            single = ref.run(cfg, ref.Weights(tensors), z, x)
            good &= report(name, lib.run(path, config, z, x), cls, loc, single)
    sys.exit(not good)


if __name__ == '__main__':
    main()
