#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the checkpoints in fixtures/ (needs python3-torch, python3-numpy).

What they hold is written out once more in test-checkpoint.c.
"""

import io
import json
import os
import struct
import zipfile
from collections import OrderedDict

import numpy
import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
CODES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
}


def small():
    base = torch.arange(12, dtype=torch.float32)
    half = torch.tensor([0x0001, 0x83FF, 0x0400, 0x3C00, 0x7BFF, 0xFC00, 0x7E00, 0x8000], dtype=torch.int32)
    brain = torch.tensor([0x3F80, 0xC2F7, 0x0001, 0x7F80], dtype=torch.int32)
    return OrderedDict(
        [
            ("conv.weight", torch.tensor([[1.5, -0.0, 1e-40], [float("inf"), float("nan"), -3.25]])),
            ("half", half.to(torch.int16).view(torch.float16)),
            ("brain", brain.to(torch.int16).view(torch.bfloat16)),
            ("bn.num_batches_tracked", torch.tensor(-7)),
            ("scalar", torch.tensor(0.5)),
            ("empty", torch.zeros(0, 3)),
            ("part", base[4:10].view(2, 3)),
            ("turned", base.view(3, 4).t()),
            ("every.other", base.view(3, 2, 2)[:, 1:, ::2]),
        ]
    )


def wrapped():
    state = OrderedDict()
    for name, tensor in small().items():
        state["module." + name] = torch.nn.Parameter(tensor) if name == "conv.weight" else tensor
    state._metadata = OrderedDict([("", {"version": 1})])
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([parameter], lr=0.1, momentum=0.9)
    parameter.sum().backward()
    optimizer.step()
    return {
        "epoch": 19,
        "arch": "siamban",
        "it": 1 << 70,
        "best": numpy.float64(0.75),
        "doubles": torch.zeros(2, dtype=torch.float64),
        "history": [0.5, None, (1, 2, 3, 4), {"a": True}],
        "state_dict": state,
        "optimizer": optimizer.state_dict(),
    }


def save(name, value, **kwargs):
    torch.save(value, os.path.join(FOLDER, name), **kwargs)


def save_safetensors(name, tensors):
    header, data = {"__metadata__": {"origin": "make_fixtures.py"}}, b""
    for key, tensor in tensors.items():
        raw = tensor.contiguous()
        if tensor.dtype == torch.bfloat16:
            raw = raw.view(torch.int16)
        raw = raw.numpy().tobytes()
        header[key] = {
            "dtype": CODES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def entries(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    with zipfile.ZipFile(buffer) as archive:
        return OrderedDict((name, archive.read(name)) for name in archive.namelist())


def save_zip(name, files, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(os.path.join(FOLDER, name), "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)


def save_zip64(name, files):
    """All sizes and places stand in zip64 fields, as in an archive over 4 GiB."""
    body, directory = b"", b""
    for path, data in files.items():
        wide = struct.pack("<HHQQ", 1, 16, len(data), len(data))
        local = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1, len(path), len(wide))
        extra = struct.pack("<HHHHHQQQ", 99, 2, 7, 1, 24, len(data), len(data), len(body))
        directory += (
            struct.pack(
                "<4s6H3I5H2I",
                b"PK\1\2", 45, 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1, len(path), len(extra), 0, 0, 0, 0, 2**32 - 1,
            )
            + path.encode()
            + extra
        )
        body += local + path.encode() + wide + data
    end64 = struct.pack(
        "<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, len(files), len(files), len(directory), len(body)
    )
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(body) + len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(body + directory + end64 + locator + end)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    save("small.pth", small())
    save("small-legacy.pth", small(), _use_new_zipfile_serialization=False)
    save("small-protocol4.pth", small(), pickle_protocol=4)
    save_safetensors("small.safetensors", small())
    save("wrapped.pth", wrapped())
    save("wrapped-legacy.pth", wrapped(), _use_new_zipfile_serialization=False)

    tiny = OrderedDict([("w", torch.tensor([1.0, 2.0]))])
    save("tiny.pth", tiny)
    save("tiny-legacy.pth", tiny, _use_new_zipfile_serialization=False)
    save_safetensors("tiny.safetensors", tiny)
    save("some-prefixed.pth", OrderedDict([("module.a", torch.ones(1)), ("b", torch.ones(1))]))
    save("double.pth", OrderedDict([("w.double", torch.zeros(2, dtype=torch.float64))]))

    files = entries(small())
    save_zip64("small-zip64.pth", files)
    save_zip("compressed.pth", files, zipfile.ZIP_DEFLATED)
    save_zip("no-pickle.pth", {"archive/data/0": b"1234"})
    folder = next(iter(files)).split("/")[0]
    save_zip("small-byteorder.pth", {**files, folder + "/byteorder": b"little"})
    save_zip("big-endian.pth", {**files, folder + "/byteorder": b"big"})


if __name__ == "__main__":
    main()
