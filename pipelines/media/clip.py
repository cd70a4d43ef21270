"""A stretch of a video as its own packets, copied without decoding; knows no frame and no model.

The copy begins at the last key frame before the stretch, so that every frame of it can be decoded, and holds the
picture track alone. It is the original's bitstream: better evidence than anything encoded anew, and nearly free.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.errors import BadInput
from pipelines.media.video import opened_video, packets_of, video_index

MAX_CLIP_S = 120.0
"""Longest stretch that is cut; of more, the beginning is."""
IN_MP4 = frozenset({"h264", "hevc", "mpeg4", "av1", "vp9"})
"""Codecs that players take in MP4; others go into Matroska, which holds all."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The file, its media type, and the seconds of the original that it holds without a gap; a frame or two that these
    need may follow."""

    path: Path
    media_type: str
    start: float
    end: float


def cut_clip(source: Path, folder: Path, stem: str, start: float, end: float) -> Cut:
    """Copy the packets from the key frame before `start` to `end`, seconds from the first frame, to FOLDER/STEM.*.

    Raises BadInput where the file's packets carry no usable times, so that no stretch of it can be named.
    """
    import av

    index = video_index(source)
    if not index.exact:
        raise BadInput("clip.times", "the packets of this video carry no usable times; no stretch of it can be copied")
    first = int(index.times[0])
    wanted = first + max(0.0, start) / index.tick
    keys = index.keys[index.keys <= wanted]
    begin = int(keys[-1]) if len(keys) else first
    # A tick of grace: a frame exactly at `end` belongs to it.
    last = first + min(end, max(0.0, start) + MAX_CLIP_S) / index.tick + 0.5
    suffix, media_type = (".mp4", "video/mp4") if index.codec in IN_MP4 else (".mkv", "video/x-matroska")
    target = folder / f"{stem}{suffix}"
    newest = begin
    with opened_video(source) as (container, stream), av.open(str(target), "w") as out:
        copy = out.add_stream_from_template(stream)
        if begin > first:
            container.seek(begin, stream=stream, backward=True)
        for packet in packets_of(container, stream):
            if packet.size == 0 or packet.pts is None or packet.pts < begin:
                continue
            # In the order of decoding: a frame after `end` stays where frames before it are predicted from it.
            if (packet.pts if packet.dts is None else packet.dts) > last:
                break
            if packet.pts <= last:
                newest = max(newest, packet.pts)
            packet.pts -= begin
            packet.dts = None if packet.dts is None else packet.dts - begin
            packet.stream = copy
            out.mux(packet)
    return Cut(target, media_type, round((begin - first) * index.tick, 3), round((newest - first) * index.tick, 3))
