"""Images of "fidsweep stream" as a PyTorch data set: drawn while a network trains, never twice the same.

    python3 torch_stream.py programs --mix mixup:6 --resolution 64
"""

import io
import os
import shlex
import subprocess
import sys
import tarfile

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

# What starts fidsweep: "npx fidsweep" where it is installed in a project.
FIDSWEEP = shlex.split(os.environ.get("FIDSWEEP", "fidsweep"))


class StreamedImages(IterableDataset):
    """Outputs start ... start + images - 1 of an epoch; every worker of a loader makes its own share of them."""

    def __init__(self, arguments, images):
        self.arguments = arguments
        self.images = images
        self.epoch = 0

    def __iter__(self):
        worker = get_worker_info()
        shard = f"{worker.id}/{worker.num_workers}" if worker else "0/1"
        command = [*FIDSWEEP, "stream", *self.arguments, "--shard", shard]
        # An epoch begins where the one before it ended.
        command += ["--start", str(self.epoch * self.images), "--images", str(self.images)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            try:
                with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                    for entry in tar:
                        if not entry.name.endswith(".json"):
                            yield self.decode(tar.extractfile(entry).read())
                # What is left is the padding; the pipe is read to its end, so that fidsweep ends by itself.
                process.stdout.read()
            finally:
                process.stdout.close()
        if process.returncode:
            raise RuntimeError(f"fidsweep ended with exit code {process.returncode}")

    @staticmethod
    def decode(data):
        pixels = numpy.array(Image.open(io.BytesIO(data)).convert("RGB"))
        return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1


if __name__ == "__main__":
    images = StreamedImages(sys.argv[1:], images=int(os.environ.get("IMAGES", "256")))
    for epoch in range(2):
        # The workers are begun anew with every epoch and are told of it by this.
        images.epoch = epoch
        loader = DataLoader(images, batch_size=32, num_workers=2)
        seen = 0
        for batch in loader:
            seen += len(batch)
            # loss = method(batch); loss.backward(); ...
        print(f"epoch {epoch}: {seen} images of {tuple(batch.shape[1:])}, mean {batch.mean():.3f}")
