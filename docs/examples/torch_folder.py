"""Images of "fidsweep render --format folder" as a PyTorch data set.

    python3 torch_folder.py images/mixup6
"""

import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


class FolderImages(Dataset):
    """Images of a folder as float tensors, 3 x height x width, from -1 to 1."""

    def __init__(self, folder):
        self.paths = sorted(Path(folder).glob("[0-9]*/img*.*"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        pixels = numpy.array(Image.open(self.paths[index]).convert("RGB"))
        # Crops, flips and whatever else a method asks for belong here.
        return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1


if __name__ == "__main__":
    images = FolderImages(sys.argv[1])
    loader = DataLoader(images, batch_size=64, shuffle=True, num_workers=2)
    for epoch in range(2):
        seen = 0
        for batch in loader:
            seen += len(batch)
            # loss = method(batch); loss.backward(); ...
        print(f"epoch {epoch}: {seen} images of {tuple(batch.shape[1:])}")
