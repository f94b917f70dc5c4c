#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests tools/train, and speaks TAP.

    train-test.py ROOT BUILD

$SIAMBAN_TRAIN_PYTHON is a Python that has PyTorch, if this one has not."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

ROOT, BUILD = (pathlib.Path(arg).resolve() for arg in sys.argv[1:])
OTHER = os.environ.get('SIAMBAN_TRAIN_PYTHON')
HERE = ROOT / 'tests/train'
TRAIN = ROOT / 'tools/train/train.py'

if OTHER and os.environ.get('SIAMBAN_TRAIN_INSIDE') != '1':
    os.environ['SIAMBAN_TRAIN_INSIDE'] = '1'
    os.execv(OTHER, [OTHER, *sys.argv])

try:
    import cv2
    import numpy as np
    import torch
    import yaml  # noqa: F401
except ImportError as missing:
    print(f'1..0 # SKIP {missing}: training needs PyTorch, NumPy, OpenCV and '
          'PyYAML')
    sys.exit(0)

sys.path[:0] = [str(HERE), str(TRAIN.parent), str(ROOT / 'tests/reference')]
import hashed  # noqa: E402
import scene  # noqa: E402
import siamban_ref as ref  # noqa: E402
from siamtrain import (augment, checkpoint, config, follow, labels,  # noqa
                       losses, networks, pack, pairs, readers, schedule)

NETWORKS = {
    'nanotrack-v1': 1,
    'nanotrack-v2': 2,
    'nanotrack-v3': 3,
    'mobilenetv2': ref.siamban_cfg('mobilenetv2', (3, 5), 32, width_mult=.25),
    'sigmoid': ref.siamban_cfg('mobilenetv2', (3, 4), 16, cls_channels=1,
                               width_mult=.25, weighted=False),
    'resnet18': ref.siamban_cfg('resnet18', (2,), 32, multi=False,
                                adjust_type='AdjustLayer'),
    'resnet34': ref.siamban_cfg('resnet34', (3,), 32, multi=False),
    'resnet50': ref.siamban_cfg('resnet50', (2,), 32),
}


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **more)
    assert done.returncode == 0, f'{command}: {done.stdout}'
    return done.stdout


def train(*args):
    return run(sys.executable, TRAIN, *args)


def network_file(folder, name):
    """A random network of the reference's, its config, and what it says."""
    cfg = NETWORKS[name]
    weights = hashed.HashedWeights(torch.float64)
    z, x = hashed.crop(127, 1), hashed.crop(255, 2)
    outputs = ref.run(cfg, weights, z, x)
    path = folder / 'config.yaml'
    path.write_text(ref.config_yaml(cfg))
    return path, weights.tensors, (z, x), outputs


def test_networks(folder, name):
    """Names and results are the reference's, and the C reader takes it."""
    path, tensors, (z, x), (cls, loc) = network_file(folder, name)
    net = networks.build(config.load(path), tensors).double().eval()
    checkpoint.load_into(net, tensors, name)
    with torch.no_grad():
        got = net.compare(net.features(z), net.features(x))
    assert (got[0] - cls).abs().max() < 1e-9
    assert (got[1] - loc).abs().max() < 1e-3
    for ending in 'pth', 'safetensors':
        file = folder / f'net.{ending}'
        checkpoint.write(file, net.float().state_dict())
        said = run(BUILD / 'tools/inspect/siamban-inspect', file, '--config',
                   path)
        assert 'problems      none' in said, said
        for key, tensor in checkpoint.read(file).items():
            assert torch.equal(tensor, net.state_dict()[key]), key


def test_misfit(folder):
    """A checkpoint of another network is refused, with names."""
    _, tensors, _, _ = network_file(folder, 'mobilenetv2')
    path = folder / 'v3.yaml'
    path.write_text(ref.config_yaml(3))
    net = networks.build(config.load(path), tensors)
    try:
        checkpoint.load_into(net, tensors, 'some.pth')
    except ValueError as error:
        assert 'some.pth does not fit' in str(error)
        assert 'backbone.features' in str(error)
    else:
        raise AssertionError('it was taken')


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.zeros((40, 60, 3), np.uint8))


def tracks_of(spec):
    return {track.name: [(pathlib.Path(frame.image).name, frame.box)
                         for frame in track.frames]
            for track in readers.read(spec)}


def sequence(folder, truth, rows, images):
    for image in images:
        picture(folder / image)
    (folder / truth).write_text('\n'.join(rows) + '\n')


def test_sequences(folder):
    sequence(folder / 'got/GOT-10k_Train_000001', 'groundtruth.txt',
             ['1,2,30,20', '3,4,30,20', '5,6,30,20', '7,8,30,20'],
             [f'{i:08}.jpg' for i in range(1, 5)])
    (folder / 'got/GOT-10k_Train_000001/absence.label').write_text('0\n1\n')
    (folder / 'got/GOT-10k_Train_000001/cover.label').write_text(
        '8\n8\n0\n8\n')
    assert tracks_of(f'got10k:{folder}/got') == {'GOT-10k_Train_000001': [
        ('00000001.jpg', (1, 2, 30, 20)), ('00000004.jpg', (7, 8, 30, 20))]}
    sequence(folder / 'lasot/bird-1', 'groundtruth.txt',
             ['1,2,30,20', '3,4,30,20', '5,6,30,20'],
             [f'img/{i:08}.jpg' for i in range(1, 4)])
    (folder / 'lasot/bird-1/full_occlusion.txt').write_text('0,1,0')
    (folder / 'lasot/bird-1/out_of_view.txt').write_text('0,0,1')
    assert tracks_of(f'lasot:{folder}/lasot') == {
        'bird-1': [('00000001.jpg', (0, 1, 30, 20))]}
    sequence(folder / 'otb/Car', 'groundtruth_rect.txt',
             ['1\t2\t30\t20', 'NaN\tNaN\tNaN\tNaN', '5 6 30 20'],
             [f'img/{i:04}.jpg' for i in range(1, 4)])
    assert tracks_of(f'otb:{folder}/otb') == {'Car': [
        ('0001.jpg', (0, 1, 30, 20)), ('0003.jpg', (4, 5, 30, 20))]}


def annotation(objects):
    return '<annotation>' + ''.join(
        f'<object>{extra}<bndbox><xmin>{x}</xmin><ymin>{y}</ymin>'
        f'<xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox></object>'
        for extra, x, y, w, h in objects) + '</annotation>'


def test_xml(folder):
    for i in range(2):
        picture(folder / f'vid/Data/VID/train/a/s/{i:06}.JPEG')
        file = folder / f'vid/Annotations/VID/train/a/s/{i:06}.xml'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(annotation(
            [('<trackid>0</trackid>', i, 2, 30, 20),
             ('<trackid>1</trackid>', 5, i, 10, 10)]))
    assert tracks_of(f'vid:{folder}/vid') == {
        's-0': [('000000.JPEG', (0, 2, 30, 20)),
                ('000001.JPEG', (1, 2, 30, 20))],
        's-1': [('000000.JPEG', (5, 0, 10, 10)),
                ('000001.JPEG', (5, 1, 10, 10))]}
    picture(folder / 'voc/JPEGImages/a.jpg')
    (folder / 'voc/Annotations').mkdir()
    (folder / 'voc/Annotations/a.xml').write_text(
        annotation([('', 1, 2, 30, 20), ('', 3, 3, 0, 0)]))
    assert tracks_of(f'voc:{folder}/voc') == {
        'a-0': [('a.jpg', (1, 2, 30, 20))]}


def test_side_by_side(folder):
    """Pictures beside their annotations, YOLO's text files, no boxes at all."""
    picture(folder / 'voc/a.jpg')
    (folder / 'voc/a.xml').write_text(annotation([('', 1, 2, 30, 20)]))
    assert tracks_of(f'voc:{folder}/voc') == {
        'a-0': [('a.jpg', (1, 2, 30, 20))]}
    picture(folder / 'yolo/images/s/a.jpg')
    (folder / 'yolo/labels/s').mkdir(parents=True)
    (folder / 'yolo/labels/s/a.txt').write_text(
        '3 0.5 0.5 0.25 0.5\n0 30 20 20 10\n')
    assert tracks_of(f'yolo:{folder}/yolo') == {
        's/a.jpg-0': [('a.jpg', (22.5, 10, 15, 20))],
        's/a.jpg-1': [('a.jpg', (20, 15, 20, 10))]}
    (folder / 'windows').mkdir()
    rng = np.random.default_rng(0)
    for name, image in (('flat', np.zeros((60, 80, 3), np.uint8)),
                        ('full', scene.texture(60, 80, rng, 3))):
        cv2.imwrite(str(folder / f'windows/{name}.png'), image)
    (name, ((_, (x, y, w, h)),)), = tracks_of(
        f'windows:{folder}/windows').items()
    assert name == 'full.png'
    assert 0 <= x < x + w <= 80 and 0 <= y < y + h <= 60


def test_coco(folder):
    picture(folder / 'train2017/a.jpg')
    file = folder / 'annotations/instances_train2017.json'
    file.parent.mkdir()
    file.write_text(json.dumps({
        'images': [{'id': 7, 'file_name': 'a.jpg'},
                   {'id': 8, 'file_name': 'not-there.jpg'}],
        'annotations': [
            {'id': 1, 'image_id': 7, 'bbox': [1, 2, 30, 20], 'iscrowd': 0},
            {'id': 2, 'image_id': 7, 'bbox': [1, 2, 30, 20], 'iscrowd': 1},
            {'id': 3, 'image_id': 8, 'bbox': [1, 2, 30, 20], 'iscrowd': 0}]}))
    assert tracks_of(f'coco:{folder}') == {
        'instances_train2017-1': [('a.jpg', (1, 2, 30, 20))]}


def test_boxes(folder):
    picture(folder / 'a.png')
    rows = [{'image': 'a.png', 'track': 't', 'x': 1, 'y': 2, 'w': 30, 'h': 20},
            {'image': 'a.png', 'x': 3, 'y': 4, 'w': 5, 'h': 6}]
    (folder / 'boxes.json').write_text(json.dumps(rows))
    wanted = {'t': [('a.png', (1, 2, 30, 20))],
              'boxes-1': [('a.png', (3, 4, 5, 6))]}
    assert tracks_of(f'boxes:{folder}') == wanted
    (folder / 'boxes.csv').write_text(
        'track,image,x,y,w,h\nt,a.png,1,2,30,20\n,a.png,3,4,5,6\n')
    assert tracks_of(f'boxes:{folder}') == wanted
    (folder / 'bad.csv').write_text('image,x,y,w,h\na.png,1,2,x,4\n')
    for spec, message in ((f'boxes:{folder}/bad.csv', 'entry 1'),
                          ('nothing:here', 'expected LAYOUT:PATH')):
        try:
            tracks_of(spec)
        except ValueError as error:
            assert message in str(error), error
        else:
            raise AssertionError(f'{spec} was taken')


def packed(folder, sequences=3, n=4):
    scene.write_set(folder, sequences, n)
    pack.write(readers.read(f'boxes:{folder}'), folder / 'pack')
    return pack.Pack(folder / 'pack')


def test_crops(folder):
    """The object lies where the box says, whatever is done to the crop."""
    square = scene.square().reshape(-1, 3).astype(int).mean(0)
    made = packed(folder)
    assert [len(track) for track in made.tracks] == [4, 4, 4]
    settings = config.DEFAULTS['DATASET']['SEARCH'] | {
        'COLOR': 0., 'BLUR': 0., 'ROTATE': 4., 'FLIP': .5}
    rng = np.random.default_rng(1)
    for i in range(12):
        image, size = made.load(i)
        pixels, box = augment.crop(image, size, 255, settings, rng)
        x1, y1, x2, y2 = (box + 127).round().astype(int)
        assert abs(x2 - x1 - 64) < 20 and abs(x1 + x2 - 254) < 140
        inside = pixels[max(y1, 0):y2, max(x1, 0):x2].reshape(-1, 3)
        assert abs(inside.astype(int).mean(0) - square).max() < 25


def test_pairs(folder):
    """The same number is the same pair; threads change nothing."""
    packed(folder)
    small = config.load(HERE / 'small.yaml')
    drawn = pairs.Pairs([(pack.Pack(folder / 'pack'), 1.)], small, 25, 8, 5)
    plain = list(drawn.batches(range(3), 4, 0))
    ahead = list(drawn.batches(range(3), 4, 2))
    for a, b in zip(plain, ahead, strict=True):
        assert all(torch.equal(x, y) for x, y in zip(a, b))
    assert not torch.equal(plain[0].x, plain[1].x)
    assert plain[0].z.shape == (4, 127, 127, 3)


def test_labels(folder):
    train_settings = config.DEFAULTS['TRAIN']
    rng = np.random.default_rng(0)
    box = np.array([-40., -20, 40, 20])
    cls, loc = labels.label(box, False, 25, 8, train_settings, rng)
    assert cls[12, 12] == labels.POSITIVE and cls[12, 16] != labels.POSITIVE
    assert (cls == labels.POSITIVE).sum() <= 16
    assert (cls == labels.NEGATIVE).sum() == 48
    assert np.allclose(loc[:, 12, 12], (40, 20, 40, 20))
    assert np.allclose(loc[:, 12, 13], (48, 20, 32, 20))
    tiny = np.array([1., 1, 3, 3])
    assert (labels.label(tiny, False, 25, 8, train_settings, rng)[0]
            == labels.POSITIVE).sum() == 1
    cls, _ = labels.label(box, True, 25, 8, train_settings, rng)
    assert not (cls == labels.POSITIVE).any() and cls[12, 12] == 0


def test_losses(folder):
    """Nought where nothing is wrong, and by hand where something is."""
    sides = torch.tensor([[[[10.]], [[10.]], [[10.]], [[10.]]]])
    half = torch.tensor([[[[10.]], [[10.]], [[0.]], [[10.]]]])
    assert torch.isclose(losses.overlap(sides, sides), torch.ones(1)).all()
    assert torch.isclose(losses.overlap(half, sides), torch.tensor(.5),
                         atol=1e-3).all()
    cls = torch.tensor([[[[0., -9]], [[2., 9]]]])
    target = torch.tensor([[[1, -1]]])
    expected = -torch.log_softmax(torch.tensor([0., 2]), 0)[1] / 2
    assert torch.isclose(losses.cross_entropy(cls, target), expected)
    single = cls[:, 1:] - cls[:, :1]
    assert torch.isclose(losses.cross_entropy(single, target), expected)
    assert abs(losses.score_loss(cls, cls)) < 1e-6
    assert losses.score_loss(-cls, cls) > 1


def test_schedule(folder):
    """Published: up for 5 epochs, down by a factor of 100; thaw at the 10th."""
    settings = config.DEFAULTS
    rates = [schedule.rate(settings['TRAIN'], epoch) for epoch in range(21)]
    assert np.allclose([rates[0], rates[5], rates[20]], [.001, .005, .00005])
    assert rates[3] < rates[4] and rates[10] > rates[11]
    path = folder / 'config.yaml'
    path.write_text(ref.config_yaml(NETWORKS['resnet18']))
    net = networks.build(config.load(path))
    backbone = settings['BACKBONE'] | {'TRAIN_LAYERS': ['layer2']}
    settings = settings | {'BACKBONE': backbone}
    for epoch, learns in ((9, False), (10, True)):
        schedule.set_mode(net, settings, epoch)
        assert net.backbone.layer2[0].conv1.weight.requires_grad == learns
        assert net.backbone.layer2.training == learns
        assert not net.backbone.layer1[0].conv1.weight.requires_grad
        assert not net.backbone.bn1.training and net.head.training
    factors = {group['factor'] for group in schedule.groups(net, backbone)}
    assert factors == {1., .1}


def test_freeze_norm(folder):
    """Statistics stay as they are, everything else learns."""
    packed(folder)
    path = folder / 'config.yaml'
    path.write_text((HERE / 'small.yaml').read_text().replace(
        'EMA: 0.98', 'FREEZE_NORM: true'))
    torch.manual_seed(1)
    before = networks.build(config.load(path)).state_dict()
    checkpoint.write(folder / 'init.pth', before)
    train('train', path, '--data', folder / 'pack', '-o', folder / 'run',
          '--init', folder / 'init.pth', '--processes', '1', '--steps', '2')
    after = checkpoint.read(folder / 'run/model.safetensors')
    for name, tensor in after.items():
        kept = name.endswith(('running_mean', 'running_var'))
        assert torch.equal(tensor, before[name]) == kept, name


def figures(folder):
    return [json.loads(line)
            for line in (folder / 'log.jsonl').read_text().splitlines()]


def test_resume(folder):
    """Stopped and gone on with, it comes to the same loss."""
    packed(folder)
    common = ('train', HERE / 'small.yaml', '--data', folder / 'pack',
              '--processes', '1')
    train(*common, '-o', folder / 'whole', '--steps', '6')
    train(*common, '-o', folder / 'parts', '--steps', '3')
    said = train(*common, '-o', folder / 'parts', '--steps', '6')
    assert 'goes on from step 3' in said
    whole, parts = (torch.load(folder / name / 'last.pth', weights_only=True)
                    for name in ('whole', 'parts'))
    for key, tensor in whole['net'].items():
        assert torch.equal(tensor, parts['net'][key]), key
    assert figures(folder / 'whole')[-1]['step'] == 6
    assert (folder / 'parts/curves.png').stat().st_size > 1000


def test_within(folder):
    """By the clock: the rate is down when the time is up, stopped or not."""
    packed(folder)
    common = ('train', HERE / 'small.yaml', '--data', folder / 'pack', '-o',
              folder / 'run', '--processes', '2', '--within', '0.3')
    train(*common, '--minutes', '0.02')
    state = torch.load(folder / 'run/last.pth', weights_only=True)
    assert 0.02 <= state['seconds'] / 60 < 0.3
    train(*common)
    last = figures(folder / 'run')[-1]
    assert last['step'] > state['step']
    assert last['epoch'] == 3 and 0.0001 <= last['rate'] < 0.001


def test_distil(folder):
    """Two processes learn from a teacher until nearer to it."""
    packed(folder)
    torch.manual_seed(1)
    teacher = networks.build(config.load(HERE / 'small.yaml'))
    checkpoint.write(folder / 'teacher.pth', teacher.state_dict())
    train('train', HERE / 'small.yaml', '--data', f'{folder}/pack=2', '-o',
          folder / 'run', '--processes', '2', '--steps', '4', '--seed', '2',
          '--teacher', folder / 'teacher.pth')
    shown = figures(folder / 'run')[-1]
    assert {'features', 'scores', 'boxes'} <= set(shown)
    assert (folder / 'run/worker1.pth').exists()


def follows(model, config_path, folder):
    """Overlaps of the C tracker's boxes with those of an unseen scene."""
    truth = scene.write_sequence(folder, 20, 1000)
    found = follow.track(
        sorted(folder.iterdir()), truth[0],
        follow.Settings(program=str(BUILD / 'tools/track/siamban-track'),
                        model=str(model), config=str(config_path)))
    return [follow.overlap(a[0], b) for a, b in zip(found, truth, strict=True)]


def test_learns(folder):
    """From random weights to a network that follows the square."""
    packed(folder, 12, 12)
    train('train', HERE / 'small.yaml', '--data', folder / 'pack', '-o',
          folder / 'run')
    model = folder / 'run/model.safetensors'
    trained = follows(model, HERE / 'small.yaml', folder / 'unseen')
    print('# overlaps', ' '.join(f'{v:.2f}' for v in trained))
    assert np.mean(trained) > 0.6 and min(trained) > 0.3
    torch.manual_seed(0)
    blank = networks.build(config.load(HERE / 'small.yaml'))
    checkpoint.write(folder / 'blank.pth', blank.state_dict())
    untrained = follows(folder / 'blank.pth', HERE / 'small.yaml',
                        folder / 'unseen')
    assert np.mean(untrained) < np.mean(trained) - 0.2


def test_label(folder):
    """A clip without labels: what two ways agree on is the square."""
    clip = folder / 'clip.avi'
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter_fourcc(*'MJPG'), 25,
                             (scene.WIDTH, scene.HEIGHT))
    truth = []
    for image, box in scene.frames(24, 7):
        writer.write(image)
        truth.append(box)
    writer.release()
    settings = follow.Settings(
        program=str(BUILD / 'tools/track/siamban-track'), agree=0.5)
    tracks, n = follow.label([clip], folder / 'out', settings, [truth[0]])
    assert tracks == 1 and 12 <= n <= 24
    track, = readers.read(f'boxes:{folder}/out')
    for frame in track.frames:
        i = int(pathlib.Path(frame.image).stem)
        assert follow.overlap(frame.box, truth[i]) > 0.5
    grey = np.full((240, 320, 3), 128, np.uint8)
    assert follow.propose(grey, 2, np.random.default_rng(0)) == []


def test_usage(folder):
    bad = subprocess.run(
        [sys.executable, str(TRAIN), 'pack', 'otb:/nowhere', '-o',
         str(folder / 'pack')], capture_output=True, text=True)
    assert bad.returncode == 1 and 'Traceback' not in bad.stderr, bad.stderr
    assert bad.stderr.startswith('train.py: ')


TESTS = [(f'networks/{name}', lambda folder, name=name:
          test_networks(folder, name)) for name in NETWORKS]
TESTS += [(name.removeprefix('test_'), test)
          for name, test in list(globals().items())
          if name.startswith('test_') and name != 'test_networks']


def main():
    torch.set_num_threads(1)
    os.environ['GST_PLUGIN_PATH'] = str(BUILD / 'gst')
    print(f'1..{len(TESTS)}', flush=True)
    failed = 0
    for i, (name, test) in enumerate(TESTS, start=1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pathlib.Path(folder))
            except Exception:
                failed += 1
                print(''.join(f'# {line}\n' for line in
                              traceback.format_exc().splitlines()), end='')
                print(f'not ok {i} {name}', flush=True)
            else:
                print(f'ok {i} {name}', flush=True)
    sys.exit(failed > 0)


main()
