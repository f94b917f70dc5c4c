# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is made small: losses of labels, and of the distance to a teacher.

cls is n x 1 or 2 x s x s (logits), loc n x 4 x s x s (distances in pixels).
"""
import torch
import torch.nn.functional as F

from .labels import NEGATIVE, POSITIVE

SURE = 0.5  # the teacher's score from which on its box counts
SEEN = 0.2  # ... from which on its score counts as an object's


def log_scores(cls):
    """Logarithms of 1 - score and score, n x 2 x s x s."""
    cls = cls.float()
    if cls.shape[1] == 1:
        return F.logsigmoid(torch.cat((-cls, cls), 1))
    return F.log_softmax(cls, 1)


def mean_of(values, chosen):
    """The mean over what is @chosen, 0 if nothing is."""
    return (values * chosen).sum() / chosen.sum().clamp(min=1)


def cross_entropy(cls, target):
    """Positives and negatives weigh the same, however many there are."""
    logs = log_scores(cls)
    return (mean_of(-logs[:, 1], target == POSITIVE)
            + mean_of(-logs[:, 0], target == NEGATIVE)) / 2


def overlap(a, b):
    """Intersection over union of boxes given by distances from one point."""
    a = a.float().clamp(min=1e-3)
    least = torch.minimum(a, b).clamp(min=0)
    shared = (least[:, 0] + least[:, 2]) * (least[:, 1] + least[:, 3])

    def area(d):
        return (d[:, 0] + d[:, 2]) * (d[:, 1] + d[:, 3])

    return shared / (area(a) + area(b) - shared)


def label_losses(cls, loc, batch):
    """Cross-entropy, 1 - overlap, and the overlap itself to be shown."""
    iou = mean_of(overlap(loc, batch.loc), batch.cls == POSITIVE)
    found = (batch.cls == POSITIVE).any()
    return {'cls': cross_entropy(cls, batch.cls),
            'loc': (1 - iou) * found, 'iou': iou.detach()}


def feature_loss(student, teacher, spread):
    """@spread: the teacher's variance a channel."""
    weight = 1 / (spread[None, :, None, None] + 1e-3)
    away = ((student.float() - teacher.float()) ** 2 * weight).mean()
    angle = F.cosine_similarity(student.float(), teacher.float(), 1)
    return away + (1 - angle).mean()


def score_loss(cls, teacher):
    """Divergence from the teacher's scores. Where it sees no object, points
    count as much as the student is wrong there."""
    logs, wanted = log_scores(cls), log_scores(teacher)
    away = (wanted.exp() * (wanted - logs)).sum(1)
    seen = wanted[:, 1].exp() > SEEN
    doubt = (SEEN + logs[:, 1].detach().exp()) * ~seen
    return (mean_of(away, seen)
            + (away * doubt).sum() / doubt.sum().clamp(min=SEEN)) / 2


def box_loss(loc, teacher_cls, teacher_loc, negative):
    sure = log_scores(teacher_cls)[:, 1].exp() > SURE
    sure = sure & ~negative[:, None, None]
    return mean_of(1 - overlap(loc, teacher_loc.float()), sure)


class Teacher:
    """A trained network whose features, scores and boxes are wanted too."""

    def __init__(self, net, weights):
        """@weights: TRAIN.DISTIL."""
        self.net, self.weights = net.eval(), weights
        self.spread = None

    def losses(self, z, x, negative, student, cls, loc):
        """@student: the student's features of z and of x."""
        with torch.no_grad():
            fz, fx = self.net.features(z), self.net.features(x)
            wanted = self.net.compare(fz, fx)
        losses = {'scores': score_loss(cls, wanted[0]),
                  'boxes': box_loss(loc, *wanted, negative)}
        if self.weights['FEATURES'] and fx[-1].shape == student[1][-1].shape:
            now = fx[-1].float().var((0, 2, 3))
            self.spread = (now if self.spread is None
                           else 0.95 * self.spread + 0.05 * now)
            losses['features'] = (
                feature_loss(student[1][-1], fx[-1], self.spread)
                + feature_loss(student[0][-1], fz[-1], self.spread) / 2)
        return losses


def objective(net, teacher, batch, z, x, train):
    """The loss, and its parts by name. @train: TRAIN."""
    features = net.features(z), net.features(x)
    cls, loc = net.compare(*features)
    parts = label_losses(cls, loc, batch)
    cls_weight = train['CLS_WEIGHT']
    loss = 0.
    if teacher:
        parts |= teacher.losses(z, x, batch.negative, features, cls, loc)
        weights = train['DISTIL']
        cls_weight *= weights['LABELS']
        loss = sum(weights[name.upper()] * parts[name]
                   for name in ('features', 'scores', 'boxes')
                   if name in parts)
    loss = (loss + cls_weight * parts['cls']
            + train['LOC_WEIGHT'] * parts['loc'])
    return loss, {name: part.detach() for name, part in parts.items()}
