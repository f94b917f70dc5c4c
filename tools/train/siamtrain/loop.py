# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole training.

On a CPU several processes of one thread each step the same weights, which lie
in shared memory; on a GPU there is one, in mixed precision.
"""
import dataclasses
import signal

import cv2
import torch
from torch import multiprocessing

from . import average, config as config_file, evaluate
from .network import load_network, score_size
from .run import Run
from .worker import Worker


@dataclasses.dataclass
class Options:
    config: str
    folder: str
    data: list  # (path of a pack, weight)
    init: str = None
    teacher: str = None
    teacher_config: str = None
    device: str = 'cpu'
    processes: int = 1
    workers: int = 0  # threads that make pairs ahead
    seed: int = 0
    steps: int = 0  # stop after so many, 0: at the end
    minutes: float = 0.  # stop after so long, 0: never
    within: float = 0.  # minutes that all epochs take, 0: as their pairs take
    held_out: tuple = ()  # folders of sequences
    evaluation: evaluate.Settings = None


def work(rank, options, *shared):
    """@shared: Worker's other arguments."""
    cv2.setNumThreads(1)
    if options.device == 'cpu':
        torch.set_num_threads(1)
    torch.manual_seed(options.seed + rank)
    Worker(rank, options, *shared).work()


def prepared(options, config):
    """The network, the mean of its weights and its grid, as new or as left."""
    run = Run(options.folder)
    run.begin(options.config)
    net = load_network(config, options.init)
    size = score_size(net, config)
    mean = average.copy_of(net)
    state = run.load(0)
    if state:
        net.load_state_dict(state['net'])
        mean = state['mean']
        run.forget_after(state['step'])
        print(f'goes on from step {state["step"]} of {options.folder}')
    return net, mean, size


def work_together(options, config, net, mean, size):
    net.share_memory()
    workers = [multiprocessing.Process(
        target=work, args=(rank, options, config, net, mean, size))
        for rank in range(options.processes)]
    for worker in workers:
        worker.start()
    # A terminal interrupts the workers too, anybody else only this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM,
                  lambda *_: [worker.terminate() for worker in workers])
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError('a process of the training failed')


def train(options):
    """Trains until the end, a signal, or the time is up."""
    config = config_file.load(options.config)
    torch.manual_seed(options.seed)
    net, mean, size = prepared(options, config)
    if options.processes > 1:
        work_together(options, config, net, mean, size)
        return
    device = torch.device(options.device)
    mean = {name: tensor.to(device) for name, tensor in mean.items()}
    work(0, options, config, net.to(device), mean, size)
