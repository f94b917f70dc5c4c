# SPDX-License-Identifier: LGPL-2.1-or-later
"""One process of a training: takes pairs, steps the weights, writes and shows.

Process 0 keeps the mean of the weights, writes and shows for all of them.
"""
import contextlib
import itertools
import signal
import time

import torch

from . import (average, config as config_file, evaluate, losses, pack, pairs,
               progress, schedule)
from .network import load_network
from .run import Run

SHOW_EVERY = 10.  # seconds
SAVE_EVERY = 120.
SMOOTH = 0.98


def make_optimizer(net, config):
    train = config['TRAIN']
    parts = schedule.groups(net, config['BACKBONE'])
    if train['OPTIMIZER'] == 'adamw':
        return torch.optim.AdamW(parts, weight_decay=train['WEIGHT_DECAY'],
                                 betas=(0.9, 0.99))
    if train['OPTIMIZER'] == 'sgd':
        return torch.optim.SGD(parts, lr=0.01, momentum=train['MOMENTUM'],
                               weight_decay=train['WEIGHT_DECAY'])
    raise ValueError('TRAIN.OPTIMIZER: expected sgd or adamw, got '
                     f'{train["OPTIMIZER"]}')


class Every:
    """Tells when so many seconds have passed again."""

    def __init__(self, seconds):
        self.seconds, self.last = seconds, time.monotonic()

    def due(self):
        if time.monotonic() - self.last < self.seconds:
            return False
        self.last = time.monotonic()
        return True


class Worker:
    """One of the processes; @net and @mean are shared by all of them."""

    def __init__(self, rank, options, config, net, mean, size):
        self.rank, self.options, self.config = rank, options, config
        self.net, self.mean = net, mean
        self.run = Run(options.folder)
        self.train = config['TRAIN']
        self.device = torch.device(options.device)
        self.optimizer = make_optimizer(net, config)
        self.scaler = torch.amp.GradScaler(
            self.device.type, enabled=self.device.type == 'cuda')
        self.teacher = self.load_teacher()
        self.pairs = pairs.Pairs(
            [(pack.Pack(path), weight) for path, weight in options.data],
            config, size, net.stride, options.seed)
        self.step, self.smooth, self.mode = 0, {}, None
        self.stopped = False
        self.at_once = self.train['BATCH_SIZE'] * options.processes
        self.epoch_steps = max(
            config['DATASET']['VIDEOS_PER_EPOCH'] // self.at_once, 1)
        self.total = self.train['EPOCH'] * self.epoch_steps
        if options.steps:
            self.total = min(self.total, options.steps)
        self.clock = progress.Clock(options.within * 60)

    def load_teacher(self):
        if not self.options.teacher:
            return None
        config = config_file.load(self.options.teacher_config
                                  or self.options.config)
        net = load_network(config, self.options.teacher).to(self.device)
        return losses.Teacher(net, self.train['DISTIL'])

    @property
    def epoch(self):
        if self.options.within:
            return self.clock.part() * self.train['EPOCH']
        return self.step / self.epoch_steps

    def resume(self):
        state = self.run.load(self.rank)
        if state is None:
            return
        self.step = state['step']
        self.clock.go_on(state['seconds'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.scaler.load_state_dict(state['scaler'])
        if self.teacher and state['spread'] is not None:
            self.teacher.spread = state['spread'].to(self.device)

    def state(self):
        state = {'step': self.step,
                 'seconds': self.clock.seconds(),
                 'optimizer': self.optimizer.state_dict(),
                 'scaler': self.scaler.state_dict(),
                 'spread': self.teacher.spread if self.teacher else None}
        if not self.rank:
            state |= {'net': self.net.state_dict(), 'mean': self.mean}
        return state

    def save(self):
        self.run.save(self.rank, self.state())
        if not self.rank:
            self.run.export(self.mean if self.train['EMA']
                            else self.net.state_dict())
            self.run.draw()

    def prepare(self):
        """Rate and mode for the step that comes."""
        rate = schedule.rate(self.train, self.epoch)
        for group in self.optimizer.param_groups:
            group['lr'] = rate * group['factor']
        if self.mode != int(self.epoch):
            self.mode = int(self.epoch)
            schedule.set_mode(self.net, self.config, self.epoch)
        return rate

    def loss_of(self, batch):
        z, x = (pairs.planes(part, self.device) for part in batch[:2])
        batch = pairs.Batch(None, None,
                            *(part.to(self.device) for part in batch[2:]))
        half = (torch.autocast(self.device.type)
                if self.device.type == 'cuda' else contextlib.nullcontext())
        with half:
            return losses.objective(self.net, self.teacher, batch, z, x,
                                    self.train)

    def learn(self, batch):
        self.prepare()
        loss, parts = self.loss_of(batch)
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(),
                                              self.train['GRAD_CLIP'])
        if self.scaler.is_enabled() or torch.isfinite(norm):
            self.scaler.step(self.optimizer)
        self.scaler.update()
        self.step += 1
        if self.train['EMA'] and not self.rank:
            average.update(self.mean, self.net, self.train['EMA'], self.step)
        parts = {'loss': loss.detach()} | parts
        return {name: float(value) for name, value in parts.items()}

    def smoothen(self, figures):
        for name, value in figures.items():
            before = self.smooth.get(name, value)
            self.smooth[name] = SMOOTH * before + (1 - SMOOTH) * value

    def show(self, left):
        """A line on the terminal and one in the log."""
        figures = {k: round(v, 5) for k, v in self.smooth.items()}
        rate = self.optimizer.param_groups[0]['lr']
        self.run.log(step=self.step, epoch=round(self.epoch, 5), rate=rate,
                     pairs=self.step * self.at_once, **figures)
        shown = ' '.join(f'{k} {v:.3f}' for k, v in figures.items())
        print(f'epoch {self.epoch:.2f} of {self.train["EPOCH"]}  step '
              f'{self.step}  rate {rate:.5f}  {shown}  '
              f'{left.pace(self.step) * self.at_once:.1f} pairs/s  '
              f'{self.time_left(left)} left', flush=True)

    def time_left(self, left):
        return (progress.clock(self.clock.left()) if self.options.within
                else left.text(self.step))

    def end_of_epoch(self):
        if self.rank or not self.options.held_out:
            return
        self.save()
        figures = evaluate.run(self.run.path('model.safetensors'),
                               self.run.path('config.yaml'),
                               self.options.held_out, self.options.evaluation)
        best = max((f['auc'] for f in self.run.figures() if 'auc' in f),
                   default=-1.)
        self.run.log(step=self.step, epoch=round(self.epoch, 5), **figures)
        print('held out: ' + '  '.join(f'{k} {v:.4f}'
                                       for k, v in figures.items()),
              flush=True)
        if figures['auc'] > best:
            self.run.keep_best()

    def stop(self, *_):
        self.stopped = True

    def numbers(self):
        """Of the batches that are this process's share of the rest."""
        steps = (itertools.count(self.step) if self.options.within
                 else range(self.step, self.total))
        return (step * self.options.processes + self.rank for step in steps)

    def at_end(self):
        if self.options.within:
            return self.clock.left() == 0
        return self.step >= self.total

    def work(self):
        """Steps until the end, a signal, or the time is up."""
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGTERM, self.stop)
        self.resume()
        left = progress.Left(self.total, self.step)
        show, save = Every(SHOW_EVERY), Every(SAVE_EVERY)
        end = Every(self.options.minutes * 60 or float('inf'))
        for batch in self.pairs.batches(self.numbers(),
                                        self.train['BATCH_SIZE'],
                                        self.options.workers):
            epoch = int(self.epoch)
            self.smoothen(self.learn(batch))
            if not self.rank and (show.due() or self.at_end()):
                self.show(left)
            if save.due():
                self.save()
            if int(self.epoch) > epoch:
                self.end_of_epoch()
            if self.stopped or end.due() or self.at_end():
                break
        self.save()
