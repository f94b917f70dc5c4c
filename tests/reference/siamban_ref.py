# SPDX-License-Identifier: LGPL-2.1-or-later
"""The networks in PyTorch, written from their published geometry.

A network is a function of a Weights: it asks for parameters by their published
names. Weights that makes what is asked for, instead of looking it up, gives
random checkpoints and golden files whose activations keep a sensible scale.
"""
import torch
import torch.nn.functional as F

ACTS = {
    None: lambda x: x,
    'relu': F.relu,
    'relu6': F.relu6,
    'hswish': F.hardswish,
    'hsigmoid': F.hardsigmoid,
    'sigmoid': torch.sigmoid,
}


class Weights:
    """Parameters by name, from a state_dict."""

    def __init__(self, state_dict, dtype=torch.float32):
        self.dtype = dtype
        self.tensors = {k[7:] if k.startswith('module.') else k: v
                        for k, v in state_dict.items()}

    def get(self, name, shape, kind='raw'):
        tensor = self.tensors[name]
        assert tuple(tensor.shape) == tuple(shape), (name, tensor.shape, shape)
        return tensor.to(self.dtype)

    def fit(self, names, run, target):
        """A place where a maker of weights scales @names by run()'s spread."""
        return run()

    def conv(self, x, prefix, conv, out, bn=None, bias=False, k=1, s=1, p=0,
             d=1, depthwise=False, act=None, residual=None, std=None):
        groups = x.shape[1] if depthwise else 1
        out = x.shape[1] if depthwise else out
        name = f'{prefix}.{conv}'

        def run():
            w = self.get(name + '.weight', (out, x.shape[1] // groups, k, k),
                         'conv')
            return F.conv2d(x, w, None, s, p, d, groups)

        y = self.fit([name + '.weight'], run,
                     std or (2 if act == 'relu6' else 1))
        if bias:
            y = y + self.get(name + '.bias', (out,), 'bias').view(1, -1, 1, 1)
        if bn is not None:
            y = self.batch_norm(y, f'{prefix}.{bn}')
        if residual is not None:
            y = y + residual
        return ACTS[act](y)

    def batch_norm(self, x, name):
        c = (x.shape[1],)
        return F.batch_norm(x, self.get(name + '.running_mean', c, 'mean'),
                            self.get(name + '.running_var', c, 'var'),
                            self.get(name + '.weight', c, 'gamma'),
                            self.get(name + '.bias', c, 'beta'), eps=1e-5)

    def seq(self, x, prefix, i, out=None, **kw):
        return self.conv(x, prefix, str(i), out, bn=str(i + 1), **kw)

    def linear(self, x, name, out, act):
        def run():
            w = self.get(name + '.weight', (out, x.shape[1]), 'conv')
            return F.linear(x.flatten(1), w)

        y = self.fit([name + '.weight'], run, 1)
        y = y + self.get(name + '.bias', (out,), 'bias')
        return ACTS[act](y)[:, :, None, None]


def xcorr_depthwise(z, x, pad=0):
    c = z.shape[1]
    assert z.shape[0] == x.shape[0] == 1
    return F.conv2d(x, z.view(c, 1, *z.shape[2:]), padding=pad, groups=c)


def xcorr_pixelwise(z, x):
    c = z.shape[1]
    filters = z[0].reshape(c, -1).t().reshape(-1, c, 1, 1)
    return F.conv2d(x, filters)


# --- SiamBAN's backbones ---------------------------------------------------

RESNET_DEPTH = {'resnet18': (2, 2, 2, 2), 'resnet34': (3, 4, 6, 3),
                'resnet50': (3, 4, 6, 3)}


def resnet(w, x, name, used_layers):
    bottleneck = name == 'resnet50'
    x = w.conv(x, 'backbone', 'conv1', 64, bn='bn1', k=7, s=2, act='relu')
    maps = [x]
    x = F.max_pool2d(x, 3, 2, 1)
    for layer, depth in enumerate(RESNET_DEPTH[name], start=1):
        width = 32 << layer
        out = width * 4 if bottleneck else width
        stride = 2 if layer == 2 else 1
        dilation = {3: 2, 4: 4}.get(layer, 1)
        if layer >= 3 and layer not in used_layers:
            depth = 0
        for i in range(depth):
            block = f'backbone.layer{layer}.{i}'
            s = stride if i == 0 else 1
            d = max(dilation // 2, 1) if i == 0 else dilation
            p = 0 if s == 2 else d
            skip = x
            if i == 0 and (layer > 1 or bottleneck):
                k, sp = (1, 0) if layer == 1 else (3, p)
                skip = w.seq(x, block + '.downsample', 0, out, k=k, s=s, p=sp,
                             d=d)
            if bottleneck:
                y = w.conv(x, block, 'conv1', width, bn='bn1', act='relu')
                y = w.conv(y, block, 'conv2', width, bn='bn2', k=3, s=s, p=p,
                           d=d, act='relu')
                x = w.conv(y, block, 'conv3', out, bn='bn3', act='relu',
                           residual=skip)
            else:
                y = w.conv(x, block, 'conv1', width, bn='bn1', k=3, s=s, p=p,
                           d=d, act='relu')
                x = w.conv(y, block, 'conv2', out, bn='bn2', k=3, p=dilation,
                           d=dilation, act='relu', residual=skip)
        maps.append(x)
    return [maps[i] for i in used_layers]


MOBILENETV2_ROWS = ((1, 16, 1, 1, 1), (6, 24, 2, 2, 1), (6, 32, 3, 2, 1),
                    (6, 64, 4, 1, 2), (6, 96, 3, 1, 2), (6, 160, 3, 1, 4),
                    (6, 320, 1, 1, 4))


def mobilenetv2(w, x, used_layers, width_mult=1.0):
    x = w.seq(x, 'backbone.layer0', 0, int(32 * width_mult), k=3, s=2,
              act='relu6')
    maps = [x]
    before = 1
    rows = MOBILENETV2_ROWS[:max(used_layers)]
    for layer, (t, c, n, s, d) in enumerate(rows, start=1):
        out = int(c * width_mult)
        for i in range(n):
            stride = s if i == 0 else 1
            dilation = max(d // 2, 1) if i == 0 and d != before else d
            pad = dilation if dilation > 1 else 2 - stride
            block = f'backbone.layer{layer}.{i}.conv'
            y = w.seq(x, block, 0, x.shape[1] * t, act='relu6')
            y = w.seq(y, block, 3, k=3, s=stride, p=pad, d=dilation,
                      depthwise=True, act='relu6')
            skip = x if stride == 1 and x.shape[1] == out else None
            x = w.seq(y, block, 6, out, residual=skip)
        before = d
        maps.append(x)
    return [maps[i] for i in used_layers]


# --- SiamBAN's neck and head -----------------------------------------------

def neck_name(level, n, adjust_type):
    if n > 1:
        return f'neck.downsample{level + 2}.downsample'
    return ('neck.downsample' if adjust_type == 'AdjustLayer'
            else 'neck.downsample.downsample')


def neck(w, f, name, out):
    f = w.seq(f, name, 0, out)
    if f.shape[3] < 16:
        at = (f.shape[3] - 7) // 2
        f = f[:, :, at:at + 7, at:at + 7]
    return f


def depthwise_xcorr(w, z, x, name, hidden, out):
    x = w.seq(x, name + '.conv_search', 0, hidden, k=3, act='relu')

    def run():
        return xcorr_depthwise(
            w.seq(z, name + '.conv_kernel', 0, hidden, k=3, act='relu'), x)

    y = w.fit([name + '.conv_kernel.1.weight', name + '.conv_kernel.1.bias'],
              run, 1)
    y = w.seq(y, name + '.head', 0, hidden, act='relu')
    return w.conv(y, name + '.head', '3', out, bias=True,
                  std=.5 if out == 4 else 2)


def siamban(w, z, x, cfg):
    """cls, loc of one template and one search crop (1 x 3 x n x n)."""
    backbone = (mobilenetv2 if cfg['backbone'] == 'mobilenetv2' else
                lambda *a, **kw: resnet(*a[:2], cfg['backbone'], *a[2:], **kw))
    kw = ({'width_mult': cfg['width_mult']}
          if cfg['backbone'] == 'mobilenetv2' else {})
    used, hidden = cfg['used_layers'], cfg['hidden']
    fx = backbone(w, x, used, **kw)
    fz = backbone(w, z, used, **kw)
    n, cls, loc = len(used), [], []
    for i in range(n):
        name = neck_name(i, n, cfg.get('adjust_type'))
        nx, nz = neck(w, fx[i], name, hidden), neck(w, fz[i], name, hidden)
        box = f'head.box{i + 2}' if cfg['multi'] else 'head'
        cls.append(depthwise_xcorr(w, nz, nx, box + '.cls', hidden,
                                   cfg['cls_channels']))
        loc.append(depthwise_xcorr(w, nz, nx, box + '.loc', hidden, 4))
    if not cfg['multi']:
        return cls[0], loc[0]
    scale = w.get('head.loc_scale', (n,), 'scale')
    loc = [torch.exp(f * scale[i]) for i, f in enumerate(loc)]
    if cfg['weighted']:
        a = torch.softmax(w.get('head.cls_weight', (n,), 'level'), 0)
        b = torch.softmax(w.get('head.loc_weight', (n,), 'level'), 0)
    else:
        a = b = torch.full((n,), 1 / n, dtype=w.dtype)
    return (sum(f * a[i] for i, f in enumerate(cls)),
            sum(f * b[i] for i, f in enumerate(loc)))


# --- NanoTrack -------------------------------------------------------------

# kernel, hidden, out, hidden channels of SE, act, stride
MOBILENETV3_ROWS = (
    (3, 16, 16, 8, 'relu', 2), (3, 72, 24, 0, 'relu', 2),
    (3, 88, 24, 0, 'relu', 1), (5, 96, 40, 24, 'hswish', 2),
    (5, 240, 40, 64, 'hswish', 1), (5, 240, 40, 64, 'hswish', 1),
    (5, 120, 48, 32, 'hswish', 1), (5, 144, 48, 40, 'hswish', 1),
    (5, 288, 96, 72, 'hswish', 1))


def squeeze_excite(w, x, name, hidden):
    s = w.linear(x.mean((2, 3)), name + '.fc.0', hidden, 'relu')
    return x * w.linear(s, name + '.fc.2', x.shape[1], 'hsigmoid')


def mobilenetv3(w, x, version):
    x = w.seq(x, 'backbone.features.0', 0, 16, k=3, s=2, p=1, act='hswish')
    rows = MOBILENETV3_ROWS if version == 3 else MOBILENETV3_ROWS[:-1]
    for i, (k, hidden, out, se, act, s) in enumerate(rows, start=1):
        block = f'backbone.features.{i}.conv'
        if hidden == x.shape[1]:
            y = w.seq(x, block, 0, k=k, s=s, p=k // 2, depthwise=True, act=act)
            x = w.seq(squeeze_excite(w, y, block + '.3', se), block, 4, out)
            continue
        y = w.seq(x, block, 0, hidden, act=act)
        y = w.seq(y, block, 3, k=k, s=s, p=k // 2, depthwise=True)
        if se:
            y = squeeze_excite(w, y, block + '.5', se)
        skip = x if s == 1 and x.shape[1] == out else None
        x = w.seq(ACTS[act](y), block, 7, out, residual=skip)
    return x


def channel_attention(w, x, name):
    s = x.mean((2, 3), keepdim=True)
    s = w.conv(s, name, 'fc1', 64, bias=True, act='relu')
    return x * w.conv(s, name, 'fc2', 64, bias=True, act='sigmoid')


def pixelwise(w, z, x, name, projected):
    if projected:
        x = w.seq(x, name + '.conv_search', 0, x.shape[1], bias=True)
        y = w.fit([name + '.conv_kernel.1.weight',
                   name + '.conv_kernel.1.bias'],
                  lambda: xcorr_pixelwise(
                      w.seq(z, name + '.conv_kernel', 0, z.shape[1],
                            bias=True), x), 1)
    else:
        y = xcorr_pixelwise(z, x)
    return channel_attention(w, y, name + '.CA_layer')


def tower(w, x, name, out, kernels):
    for i, k in enumerate(kernels):
        x = w.conv(x, name, str(4 * i), None, k=k, p=k // 2, depthwise=True)
        x = w.seq(x, name, 4 * i + 1, out, act='relu6')
    return x


def branch_v3(w, z, x, kind, tower_name):
    pw = pixelwise(w, z, x, f'ban_head.corr_pw_{kind}', True)
    conv = f'ban_head.corr_pw_{kind}.conv'
    pw = w.seq(pw, conv, 0, k=2, depthwise=True, act='relu6')
    pw = w.seq(pw, conv, 3, 64, bias=True)
    dw = f'ban_head.corr_dw_{kind}'
    sx = w.seq(x, dw + '.conv_search', 0, 96, bias=True)
    dw = w.fit([dw + '.conv_kernel.1.weight', dw + '.conv_kernel.1.bias'],
               lambda: xcorr_depthwise(
                   w.seq(z[:, :, 2:6, 2:6], dw + '.conv_kernel', 0, 96,
                         bias=True), sx, 1), 1)
    f = w.conv(torch.cat((pw, dw), 1), f'ban_head.down_{kind}', '0', 96,
               bias=True)
    for i in range(6):
        f = w.seq(f, tower_name, 5 * i, k=3, p=1, depthwise=True, act='relu6')
        f = w.seq(f, tower_name, 5 * i + 3, 96)
    return f


def nanotrack(w, z, x, version):
    x, z = mobilenetv3(w, x, version), mobilenetv3(w, z, version)
    h = 'ban_head.'
    if version == 1:
        f = pixelwise(w, z, x, h + 'corr_pw', False)
        c = tower(w, f, h + 'cls_tower', 128, (5, 5, 3))
        b = tower(w, f, h + 'bbox_tower', 96, (3, 3, 5, 5))
    elif version == 2:
        c = tower(w, pixelwise(w, z, x, h + 'corr_pw_cls', True),
                  h + 'cls_pw_tower', 96, (3,) * 6)
        b = tower(w, pixelwise(w, z, x, h + 'corr_pw_reg', True),
                  h + 'bbox_pw_tower', 96, (3,) * 6)
    else:
        c = branch_v3(w, z, x, 'cls', h + 'cls_tower')
        b = branch_v3(w, z, x, 'reg', h + 'bbox_tower')
    cls = w.conv(c, h + ('cls_pred' if version == 2 else 'cls_logits'), '0', 2,
                 bias=True, std=2)
    loc = w.conv(b, h + 'bbox_pred', '0', 4, bias=True, std=.5)
    return cls, torch.exp(loc)


# --- All of them -----------------------------------------------------------

def siamban_cfg(backbone, used_layers, hidden=256, multi=True, weighted=True,
                cls_channels=2, width_mult=1.0, adjust_type=None):
    return {'backbone': backbone, 'used_layers': used_layers, 'hidden': hidden,
            'multi': multi, 'weighted': weighted,
            'cls_channels': cls_channels, 'width_mult': width_mult,
            'adjust_type': adjust_type}


def run(cfg, w, z, x):
    """@cfg: siamban_cfg()'s, or NanoTrack's version."""
    with torch.no_grad():
        z, x = z.to(w.dtype), x.to(w.dtype)
        return (nanotrack(w, z, x, cfg) if isinstance(cfg, int)
                else siamban(w, z, x, cfg))


def load_state_dict(path):
    checkpoint = torch.load(path, map_location='cpu')
    return checkpoint.get('state_dict', checkpoint)


def config_yaml(cfg):
    """The config.yaml that would be published beside it."""
    if isinstance(cfg, int):
        return ('BACKBONE:\n  TYPE: mobilenetv3_small%s\n'
                % ('_v3' if cfg == 3 else ''))
    used = list(cfg['used_layers'])
    lines = ['BACKBONE:', f'  TYPE: {cfg["backbone"]}', '  KWARGS:',
             f'    used_layers: {used}']
    if cfg['backbone'] == 'mobilenetv2':
        lines.append(f'    width_mult: {cfg["width_mult"]}')
    hidden = [cfg['hidden']] * len(used)
    return '\n'.join(lines + [
        'ADJUST:', '  ADJUST: true',
        f'  TYPE: {cfg["adjust_type"] or "AdjustAllLayer"}', '  KWARGS:',
        f'    out_channels: {hidden}', 'BAN:', '  BAN: true',
        f'  TYPE: {"MultiBAN" if cfg["multi"] else "DepthwiseBAN"}',
        '  KWARGS:', f'    in_channels: {hidden}',
        f'    cls_out_channels: {cfg["cls_channels"]}',
        f'    weighted: {str(cfg["weighted"]).lower()}', 'POINT:',
        '  STRIDE: 8', ''])
