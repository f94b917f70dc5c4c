# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weights as files: .pth as torch.save writes them, and .safetensors."""
import json
import os
import pickle
import struct

import torch

DTYPES = {'F64': torch.float64, 'F32': torch.float32, 'F16': torch.float16,
          'BF16': torch.bfloat16, 'I64': torch.int64, 'I32': torch.int32}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def replace(path, write):
    """Calls @write with another path, then puts that file at @path whole."""
    part = f'{path}.part'
    write(part)
    os.replace(part, path)


def read_safetensors(path):
    with open(path, 'rb') as file:
        size, = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(size))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == '__metadata__':
            continue
        begin, end = entry['data_offsets']
        dtype = DTYPES[entry['dtype']]
        tensors[name] = (
            torch.frombuffer(data, dtype=dtype, offset=begin,
                             count=(end - begin) // dtype.itemsize)
            if end > begin else torch.empty(0, dtype=dtype)
        ).reshape(entry['shape'])
    return tensors


def write_safetensors(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        chunk = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {'dtype': NAMES[tensor.dtype],
                        'shape': list(tensor.shape),
                        'data_offsets': [offset, offset + len(chunk)]}
        offset += len(chunk)
        chunks.append(chunk)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)))
        file.write(text)
        file.writelines(chunks)


def read_pth(path):
    try:
        tensors = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f'{path}: holds more than tensors, and is not run to find out; '
            'siamban-convert makes a .safetensors file of it') from error
    return tensors.get('state_dict', tensors)


def read(path):
    """The tensors of @path by name, in float32, without a "module." before."""
    tensors = (read_safetensors if str(path).endswith('.safetensors')
               else read_pth)(path)
    return {name.removeprefix('module.'):
            tensor.float() if tensor.is_floating_point() else tensor
            for name, tensor in tensors.items()}


def write(path, tensors):
    """Writes what the C reader loads; the name's end says in which form."""
    kept = {name: tensor for name, tensor in tensors.items()
            if not name.endswith('num_batches_tracked')}
    if str(path).endswith('.safetensors'):
        replace(path, lambda part: write_safetensors(part, kept))
    else:
        replace(path, lambda part: torch.save({'state_dict': kept}, part))


def load_into(net, tensors, path):
    """Loads all that @net has; names of @tensors that it lacks are refused."""
    missing, unknown = net.load_state_dict(tensors, strict=False)
    missing = [n for n in missing if not n.endswith('num_batches_tracked')]
    unknown = [n for n in unknown if not n.startswith('neck.')]
    if missing or unknown:
        raise ValueError(
            f'{path} does not fit the config: '
            f'{len(missing)} tensors missing {missing[:3]}, '
            f'{len(unknown)} not known {unknown[:3]}')
