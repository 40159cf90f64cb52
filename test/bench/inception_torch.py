"""The FID Inception in PyTorch, for the benchmark: reads a state dict, measures a folder, prints the seconds it took
(without loading) and the first values of the mean feature, which must agree with fidsweep's.

    python3 inception_torch.py WEIGHTS FOLDER
"""
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

weights = torch.load(sys.argv[1], map_location="cpu")
BATCH = 50


def conv(x, name, stride=1, padding=0):
    x = F.conv2d(x, weights[name + ".conv.weight"], stride=stride, padding=padding)
    bn = name + ".bn."
    x = F.batch_norm(
        x, weights[bn + "running_mean"], weights[bn + "running_var"], weights[bn + "weight"], weights[bn + "bias"], eps=0.001
    )
    return F.relu(x, inplace=True)


def mean_pool(x):
    return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def a(x, n):
    double = conv(conv(conv(x, n + ".branch3x3dbl_1"), n + ".branch3x3dbl_2", padding=1), n + ".branch3x3dbl_3", padding=1)
    five = conv(conv(x, n + ".branch5x5_1"), n + ".branch5x5_2", padding=2)
    return torch.cat([conv(x, n + ".branch1x1"), five, double, conv(mean_pool(x), n + ".branch_pool")], 1)


def b(x, n):
    double = conv(conv(conv(x, n + ".branch3x3dbl_1"), n + ".branch3x3dbl_2", padding=1), n + ".branch3x3dbl_3", stride=2)
    return torch.cat([conv(x, n + ".branch3x3", stride=2), double, F.max_pool2d(x, 3, stride=2)], 1)


def c(x, n):
    wide, tall = (0, 3), (3, 0)
    seven = conv(conv(conv(x, n + ".branch7x7_1"), n + ".branch7x7_2", padding=wide), n + ".branch7x7_3", padding=tall)
    double = conv(conv(x, n + ".branch7x7dbl_1"), n + ".branch7x7dbl_2", padding=tall)
    double = conv(double, n + ".branch7x7dbl_3", padding=wide)
    double = conv(double, n + ".branch7x7dbl_4", padding=tall)
    double = conv(double, n + ".branch7x7dbl_5", padding=wide)
    return torch.cat([conv(x, n + ".branch1x1"), seven, double, conv(mean_pool(x), n + ".branch_pool")], 1)


def d(x, n):
    three = conv(conv(x, n + ".branch3x3_1"), n + ".branch3x3_2", stride=2)
    seven = conv(conv(x, n + ".branch7x7x3_1"), n + ".branch7x7x3_2", padding=(0, 3))
    seven = conv(conv(seven, n + ".branch7x7x3_3", padding=(3, 0)), n + ".branch7x7x3_4", stride=2)
    return torch.cat([three, seven, F.max_pool2d(x, 3, stride=2)], 1)


def e(x, n, pool):
    three = conv(x, n + ".branch3x3_1")
    double = conv(conv(x, n + ".branch3x3dbl_1"), n + ".branch3x3dbl_2", padding=1)
    split = [
        conv(y, n + branch + part, padding=pad)
        for y, branch in ((three, ".branch3x3_2"), (double, ".branch3x3dbl_3"))
        for part, pad in (("a", (0, 1)), ("b", (1, 0)))
    ]
    return torch.cat([conv(x, n + ".branch1x1"), *split, conv(pool(x), n + ".branch_pool")], 1)


def features(x):
    x = F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False)
    x = 2 * x - 1
    x = conv(conv(conv(x, "Conv2d_1a_3x3", stride=2), "Conv2d_2a_3x3"), "Conv2d_2b_3x3", padding=1)
    x = F.max_pool2d(x, 3, stride=2)
    x = F.max_pool2d(conv(conv(x, "Conv2d_3b_1x1"), "Conv2d_4a_3x3"), 3, stride=2)
    for name in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
        x = a(x, name)
    x = b(x, "Mixed_6a")
    for name in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
        x = c(x, name)
    x = e(d(x, "Mixed_7a"), "Mixed_7b", mean_pool)
    x = e(x, "Mixed_7c", lambda y: F.max_pool2d(y, 3, stride=1, padding=1))
    return x.mean((2, 3))


files = sorted(os.path.join(sys.argv[2], name) for name in os.listdir(sys.argv[2]))
began = time.perf_counter()
total = 0
with torch.no_grad():
    for first in range(0, len(files), BATCH):
        pixels = [np.asarray(Image.open(name).convert("RGB")) for name in files[first : first + BATCH]]
        x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255
        total = total + features(x).double().sum(0)
print(time.perf_counter() - began, *(total / len(files))[:4].tolist())
