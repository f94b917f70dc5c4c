#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times one network here and in other engines, in one interleaved run.

    peers.py [--net resnet50] [--threads 1,2] [--rounds 15] LIBSIAMBAN.so

The network has the random weights of tests/reference/hashed.py. Beside PyTorch,
which it needs, and whose convolutions are oneDNN's where it was built with it,
it times those of ONNX Runtime (onnx, onnxruntime, ml_dtypes, sympy, and
onnxscript for a newer PyTorch), OpenVINO (openvino, and nncf for int8) and ncnn
(ncnn, and pnnx on the PATH) that are there; ours in bf16 too, and in int8 if
siamban-quantize is on the PATH. All who quantise see the same crops. Only the
search branch runs: the template's features are constants. Every round runs
every engine once; printed are the best and the median time, the least CPU time
of all threads, which other load disturbs least, their ratios to ours in fp32,
and the largest error of cls and loc (px) against PyTorch in double precision.
"""
import argparse
import ctypes
import logging
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIP = ROOT / 'data/demo/walker.mp4'
PAUSE = 0.05  # s
sys.path.insert(0, str(ROOT / 'tests/reference'))
import compare  # noqa: E402
import hashed  # noqa: E402
import make_checkpoint  # noqa: E402
import siamban_ref as ref  # noqa: E402


class Search(torch.nn.Module):
    """The search branch alone, for the engines that import a traced module."""

    def __init__(self, cfg, weights, z):
        super().__init__()
        self.cfg, self.weights, self.z = cfg, weights, z

    def forward(self, x):
        return ref.run(self.cfg, self.weights, self.z, x)


class Ours:
    def __init__(self, library, path, config, z, x, threads,
                 precision=compare.FP32):
        self.lib, self.threads = library.lib, threads
        self.cls, self.loc, _ = library.run(path, config, z, x)
        self.model = self.lib.siamban_model_load(
            os.fsencode(path), os.fsencode(config), precision, None)
        z = np.ascontiguousarray(z[0].numpy(), np.float32)
        self.template = ctypes.c_void_p(self.lib.siamban_model_embed(
            self.model, z.ctypes.data, threads))

    def __call__(self, x):
        self.lib.siamban_model_search(
            self.model, 1, ctypes.byref(self.template), x.ctypes.data,
            self.cls.ctypes.data, self.loc.ctypes.data, self.threads, None)
        return self.cls[None], self.loc[None]


def constants(model):
    """Replaces what depends on no input by its value: the template branch."""
    import onnxruntime as ort
    folded = model.with_suffix('.folded.onnx')
    options = ort.SessionOptions()
    options.graph_optimization_level = (
        ort.GraphOptimizationLevel.ORT_ENABLE_BASIC)
    options.optimized_model_filepath = str(folded)
    ort.InferenceSession(str(model), options)
    return folded


class OnnxRuntime:
    def __init__(self, model, threads):
        import onnxruntime as ort
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(str(model), options)

    def __call__(self, x):
        return self.session.run(None, {'x': x})


def quantize(model, x):
    """Unsigned activations, signed weights a channel; calibrated on shifts of
    the crop. Without VNNI its kernels saturate unless weights keep 7 bits."""
    from onnxruntime.quantization import (CalibrationDataReader, QuantFormat,
                                          QuantType, quantize_static)
    out = model.with_suffix('.int8.onnx')

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = shifted(x)

        def get_next(self):
            return {'x': self.left.pop()} if self.left else None

    vnni = 'avx512_vnni' in pathlib.Path('/proc/cpuinfo').read_text()
    quantize_static(str(model), str(out), Reader(), per_channel=True,
                    quant_format=QuantFormat.QDQ,
                    activation_type=QuantType.QUInt8,
                    weight_type=QuantType.QInt8, reduce_range=not vnni)
    return out


def shifted(x):
    """What int8 is calibrated on: shifts of the crop."""
    return [np.roll(x, i * 9, 3) for i in range(6)]


class OpenVino:
    def __init__(self, model, threads, precision='f32'):
        import openvino
        self.request = openvino.Core().compile_model(
            str(model), 'CPU',
            {'INFERENCE_NUM_THREADS': threads, 'NUM_STREAMS': 1,
             'INFERENCE_PRECISION_HINT': precision}).create_infer_request()

    def __call__(self, x):
        self.request.infer({'x': x})
        return [self.request.get_output_tensor(i).data.copy() for i in (0, 1)]


# NNCF wants a newer torch than ours, or none.
QUANTIZE_OPENVINO = """
import sys
sys.modules['torch'] = None
import numpy, nncf, openvino
model, crops, out = sys.argv[1:]
crops = [crop[None] for crop in numpy.load(crops)]
openvino.save_model(nncf.quantize(
    openvino.Core().read_model(model), nncf.Dataset(crops),
    preset=nncf.QuantizationPreset.MIXED, subset_size=len(crops)), out)
"""


def quantize_openvino(model, x):
    out, crops = model.with_suffix('.int8.xml'), model.with_suffix('.npy')
    np.save(crops, np.concatenate(shifted(x)))
    subprocess.run([sys.executable, '-c', QUANTIZE_OPENVINO, model, crops, out],
                   check=True, capture_output=True)
    return out


class Ncnn:
    def __init__(self, folder, threads, bf16=False):
        import ncnn
        self.ncnn, self.net = ncnn, ncnn.Net()
        self.net.opt.num_threads = threads
        self.net.opt.use_fp16_storage = self.net.opt.use_fp16_packed = False
        self.net.opt.use_fp16_arithmetic = False
        self.net.opt.use_bf16_storage = bf16
        self.net.load_param(str(folder / 'net.ncnn.param'))
        self.net.load_model(str(folder / 'net.ncnn.bin'))

    def __call__(self, x):
        extractor = self.net.create_extractor()
        extractor.input('in0', self.ncnn.Mat(x[0]).clone())
        return [np.array(extractor.extract(name)[1])[None]
                for name in ('out0', 'out1')]


def frozen(net, x):
    """The template branch is constant, and folded."""
    return torch.jit.freeze(torch.jit.trace(net.eval(), x, check_trace=False))


class PyTorch:
    def __init__(self, traced, threads):
        self.traced, self.threads = traced, threads

    def __call__(self, x):
        torch.set_num_threads(self.threads)
        with torch.no_grad():
            return [t.numpy() for t in self.traced(torch.from_numpy(x))]


def add_pytorch(found, args, net, x, folder):
    traced = torch.jit.optimize_for_inference(frozen(net, x))
    onednn = '-onednn' if 'mkldnn_convolution' in str(traced.graph) else ''
    for t in args.threads:
        found[f'pytorch{onednn}/{t}'] = PyTorch(traced, t)


def add_onnxruntime(found, args, net, x, folder):
    import onnxruntime  # noqa: F401
    torch.onnx.export(net, x, str(folder / 'net.onnx'), opset_version=13,
                      input_names=['x'], output_names=['cls', 'loc'])
    folded = constants(folder / 'net.onnx')
    int8 = quantize(folded, x.numpy())
    for t in args.threads:
        found[f'onnxruntime-fp32/{t}'] = OnnxRuntime(folded, t)
        found[f'onnxruntime-int8/{t}'] = OnnxRuntime(int8, t)


def add_openvino(found, args, net, x, folder):
    import openvino
    model = folder / 'net.xml'
    openvino.save_model(openvino.convert_model(str(folder / 'net.folded.onnx')),
                        str(model), compress_to_fp16=False)
    for t in args.threads:
        found[f'openvino-fp32/{t}'] = OpenVino(model, t)
        found[f'openvino-bf16/{t}'] = OpenVino(model, t, 'bf16')
    int8 = quantize_openvino(model, x.numpy())
    for t in args.threads:
        found[f'openvino-int8/{t}'] = OpenVino(int8, t)


def versions():
    """Of the engines that are there."""
    from importlib import metadata
    for name in 'torch', 'onnxruntime', 'openvino', 'nncf', 'ncnn', 'pnnx':
        try:
            yield f'{name} {metadata.version(name)}'
        except metadata.PackageNotFoundError:
            pass


def add_ncnn(found, args, net, x, folder):
    import ncnn  # noqa: F401
    frozen(net, x).save(str(folder / 'net.pt'))
    subprocess.run(['pnnx', 'net.pt', 'inputshape=[1,3,255,255]', 'fp16=0'],
                   cwd=folder, check=True, capture_output=True)
    for t in args.threads:
        found[f'ncnn-fp32/{t}'] = Ncnn(folder, t)
        found[f'ncnn-bf16/{t}'] = Ncnn(folder, t, bf16=True)


def engines(args, cfg, weights, z, x, folder):
    """name -> callable on a numpy crop, for each engine and thread count."""
    path, config = folder / 'net.safetensors', folder / 'config.yaml'
    make_checkpoint.save_safetensors(path, weights.tensors)
    config.write_text(ref.config_yaml(cfg))
    library = compare.Library(args.library)
    found = {}
    for t in args.threads:
        found[f'siamban-fp32/{t}'] = Ours(library, path, config, z, x, t)
        found[f'siamban-bf16/{t}'] = Ours(library, path, config, z, x, t,
                                          compare.BF16)
    quantised = folder / 'net.int8.safetensors'
    if shutil.which('siamban-quantize'):
        subprocess.run(['siamban-quantize', path, '--config', config, CLIP,
                        '-o', quantised], check=True, capture_output=True)
        for t in args.threads:
            found[f'siamban-int8/{t}'] = Ours(library, quantised, config, z, x,
                                              t, compare.INT8)
    net = Search(cfg, weights, z)
    for add in add_pytorch, add_onnxruntime, add_openvino, add_ncnn:
        try:
            add(found, args, net, x, folder)
        except (ImportError, OSError, subprocess.CalledProcessError) as error:
            print(f'{add.__name__[4:]}: {error}', file=sys.stderr)
    return found


def interleave(found, x, rounds):
    """Wall and CPU times, in ms. Each engine first waits for the workers of the
    one before, which look out for work for some ms, to fall asleep, then runs
    once untimed to have its weights in the caches, as from frame to frame."""
    times = {name: ([], []) for name in found}
    for _ in range(rounds):
        for name in random.sample(list(found), len(found)):
            time.sleep(PAUSE)
            found[name](x)
            cpu, wall = time.process_time(), time.perf_counter()
            found[name](x)
            wall = time.perf_counter() - wall
            cpu = time.process_time() - cpu
            for values, value in zip(times[name], (wall, cpu)):
                values.append(value * 1e3)
    return times


def report(found, times, x, cls, loc):
    print(', '.join(versions()))
    print(f'{"engine/threads":24} {"best ms":>9} {"median":>9} {"cpu":>9} '
          f'{"best/ours":>9} {"med/ours":>9} {"cpu/ours":>9} '
          f'{"cls err":>9} {"loc err":>9}')

    def figures(name):
        wall, cpu = times[name]
        return min(wall), statistics.median(wall), min(cpu)

    for name in found:
        ours = figures('siamban-fp32/' + name.split('/')[1])
        row = figures(name)
        a, b = found[name](x)
        print(f'{name:24}', *(f'{ms:9.2f}' for ms in row),
              *(f'{ms / base:9.2f}' for ms, base in zip(row, ours)),
              f'{np.abs(a - cls).max():9.2g} {np.abs(b - loc).max():9.2g}')


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--threads', default='1,2',
                        type=lambda s: [int(t) for t in s.split(',')])
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--net', default='resnet50', choices=make_checkpoint.NETS)
    parser.add_argument('library')
    args = parser.parse_args()
    warnings.simplefilter('ignore', torch.jit.TracerWarning)
    logging.disable(logging.WARNING)

    cfg, weights = make_checkpoint.NETS[args.net], hashed.HashedWeights()
    z, x = hashed.crop(127, 1), hashed.crop(255, 2)
    cls, loc = (t.numpy() for t in ref.run(cfg, weights, z, x))
    with tempfile.TemporaryDirectory() as folder:
        found = engines(args, cfg, ref.Weights(weights.tensors), z.float(),
                        x.float(), pathlib.Path(folder))
        x = x.float().numpy()
        report(found, interleave(found, x, args.rounds), x, cls, loc)


if __name__ == '__main__':
    main()
