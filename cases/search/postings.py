"""Where pairs of characters stand, as arrays: made of folded texts, packed into rows, intersected; knows no file.

A text is a row of UTF-16 units, so that characters beyond the basic plane are two units and a phrase of them is found
exactly. An entry is one 64-bit number: pair of units (32 bits), place (32 bits). A place counts units over all
documents of the index: each document owns the places from its base on. A single unit has an entry too (its first place
in a document, the second half of the pair 0). A pair with a page break has none, so no phrase runs over one.
Entries lie in BUCKETS rows by a hash of the pair: a phrase reads a 256th of what its scope holds for each pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce

import numpy as np
import zstandard
from numpy.typing import NDArray

from cases.search.folding import PAGE_BREAK

Entries = NDArray[np.uint64]
Places = NDArray[np.uint32]
BUCKETS = 256
MAX_PLACE = 2**32 - 2**28
"""Where the index has to be made anew: replaced documents do not give their places back."""
_MULTIPLIER = np.uint32(0x9E3779B1)
"""The golden ratio in 32 bits (Knuth, vol. 3, 6.4)."""
_SHIFT = np.uint64(32)
_PLAIN, _PACKED = b"\0", b"\1"
_PACK_FROM = 256
"""Bytes from which packing saves more than its frame costs."""
_LEVEL = 1


def units_of(folded: str) -> NDArray[np.uint16]:
    """The UTF-16 units of a folded text."""
    return np.frombuffer(folded.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def entries_of(units: NDArray[np.uint16], base: int) -> Entries:
    """Every entry of a document whose places begin at `base`."""
    wide = units.astype(np.uint64)
    pairs = (wide[:-1] << np.uint64(16)) | wide[1:]
    places = np.arange(base, base + len(units), dtype=np.uint64)
    broken = units == ord(PAGE_BREAK)
    whole = ~(broken[:-1] | broken[1:])
    singles, first = np.unique(wide, return_index=True)
    return np.concatenate(
        ((pairs[whole] << _SHIFT) | places[:-1][whole], (singles << np.uint64(48)) | places[first].astype(np.uint64))
    )


def bucket_of(pair: int) -> int:
    """The row that the entries of a pair lie in."""
    return int(_buckets(np.array([pair], dtype=np.uint32))[0])


def _buckets(pairs: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return ((pairs * _MULTIPLIER) >> np.uint32(24)).astype(np.uint8)


def rows_of(entries: Entries) -> Iterator[tuple[int, bytes]]:
    """(bucket, packed row) of every bucket that holds an entry, ascending."""
    ordered = np.sort(entries)
    buckets = _buckets((ordered >> _SHIFT).astype(np.uint32))
    by_bucket = np.argsort(buckets, kind="stable")
    ordered, buckets = ordered[by_bucket], buckets[by_bucket]
    starts = np.searchsorted(buckets, np.arange(BUCKETS + 1))
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
    for bucket in range(BUCKETS):
        row = ordered[starts[bucket] : starts[bucket + 1]].tobytes()
        if row:
            yield bucket, _PACKED + packer.compress(row) if len(row) >= _PACK_FROM else _PLAIN + row


def unpacked(rows: Sequence[bytes]) -> Entries:
    """The entries of rows, one after the other."""
    reader = zstandard.ZstdDecompressor()
    plain = (reader.decompress(row[1:]) if row[:1] == _PACKED else row[1:] for row in rows)
    return np.frombuffer(b"".join(plain), dtype="<u8")


def places_of(units: NDArray[np.uint16], entries_in: Callable[[int], Entries]) -> Places:
    """The places at which exactly these units begin, ascending; `entries_in` gives the entries of a bucket.

    Pairs at every second unit, and the last pair, cover a phrase; a place holds it when each of them stands where it
    should.
    """
    if len(units) == 1:
        return _of_pair(int(units[0]) << 16, entries_in)
    offsets = sorted({*range(0, len(units) - 1, 2), len(units) - 2})
    found: list[Places] = []
    for offset in offsets:
        places = _of_pair((int(units[offset]) << 16) | int(units[offset + 1]), entries_in)
        # A pair nearer to the first place of all than its offset cannot be part of the phrase.
        found.append(places[places >= offset] - np.uint32(offset))
        if not len(found[-1]):
            return found[-1]
    return reduce(_both, sorted(found, key=len))


def _of_pair(pair: int, entries_in: Callable[[int], Entries]) -> Places:
    entries = entries_in(bucket_of(pair))
    mine = entries[(entries >> _SHIFT) == np.uint64(pair)]
    return np.sort(mine.astype(np.uint32))


def _both(few: Places, many: Places) -> Places:
    if not len(few):
        return few
    at = np.searchsorted(many, few)
    at[at == len(many)] = 0
    both: Places = few[many[at] == few]
    return both
