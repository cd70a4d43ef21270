"""Takes the evidence of each violation: plate, pictures, composite, clip, checks; writes files into a folder.

Violations are gone through one by one, so that no more than the frames of one are in memory. What cannot be taken is
named by the checks, never invented. Knows no store: the files become derived copies of the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cases.records import BlobRef
from cases.traffic import ClockState, EvidenceClip, EvidencePicture, Site, Violation
from models.errors import BadInput
from models.values import Track
from pipelines.engine import Engine
from pipelines.media.clip import cut_clip
from pipelines.media.video import chosen_frames
from pipelines.pipeline import DerivedFile
from pipelines.traffic.evidence import drawing, telling
from pipelines.traffic.evidence.checks import Gathered, checks
from pipelines.traffic.evidence.drawing import CloseUp, Picture, Tile
from pipelines.traffic.evidence.lettering import Lettering
from pipelines.traffic.evidence.plates import PlateFinding, looks, plate_of, vehicles_by_frame
from pipelines.traffic.evidence.shots import LAMP, PLATED, Box, Shot, comes_nearer, shots_of
from pipelines.traffic.layout import AreaKind, SignalGroup, Street
from pipelines.traffic.signal import SignalLog

MOST_TAKEN: Final = 500
"""Violations of one recording whose evidence is taken; the others stay without, and are not complete."""
PRE_S: Final = 3.0
POST_S: Final = 2.0
MASKED_OUT: Final = "privacy masks: packets cannot be masked"


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What violations were found in: the file, its street in pixels, lamps, clock and the size of its pictures."""

    source: BlobRef
    street: Street
    signals: SignalLog
    clock: ClockState
    size: tuple[int, int]

    @property
    def site(self) -> Site:
        """Where the camera stands, as far as the scene says."""
        return self.street.site or Site()


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """What evidence is taken with."""

    engine: Engine
    folder: Path
    lettering: Lettering


def violation_id(source_sha256: str, found: Violation) -> str:
    """An id that the same finding in the same recording always has, so that nothing is filed twice."""
    told = f"{source_sha256}|{found.rule}|{found.track}|{found.start:.3f}"
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def take_all(
    violations: Sequence[Violation], tracks: Sequence[Track], recording: Recording, means: Means
) -> tuple[tuple[Violation, ...], tuple[DerivedFile, ...]]:
    """The violations with their evidence, and its files; raises Unavailable when no plate reader can be had."""
    by_id = {track.id: track for track in tracks}
    frames = vehicles_by_frame(tracks) if violations else {}
    plates: dict[int, PlateFinding] = {}
    done: list[Violation] = []
    files: list[DerivedFile] = []
    for number, found in enumerate(violations):
        found = replace(found, id=violation_id(recording.source.sha256, found))
        if number >= MOST_TAKEN:
            done.append(found)
            continue
        track = by_id[found.track]
        shots = shots_of(found, track)
        if track.label in PLATED and track.id not in plates:
            points = looks(track, shots, recording.size)
            plates[track.id] = plate_of(recording.source.path, track, points, frames, recording.size, means.engine)
        read = plates.get(track.id, PlateFinding("not asked"))
        found = replace(
            found, plate=read.seen.text if read.seen else None, plate_state=read.state, plate_read=read.seen
        )
        taking = _Taking(found, track, shots, recording, means, f"v{number + 1:03d}-{found.rule}")
        done.append(taking.taken())
        files += taking.files
    return tuple(done), tuple(files)


class _Taking:
    """The evidence of one violation in the making; `stem` begins the names of its files."""

    def __init__(
        self, found: Violation, track: Track, shots: tuple[Shot, ...], recording: Recording, means: Means, stem: str
    ) -> None:
        self._found = found
        self._track = track
        self._shots = shots
        self._recording = recording
        self._means = means
        self._stem = stem
        self._pictures: list[EvidencePicture] = []
        self.files: list[DerivedFile] = []

    def taken(self) -> Violation:
        """The violation with everything that could be taken."""
        read = self._found.plate_read
        wanted = {shot.index for shot in self._shots} | ({read.frame} if read else set())
        frames = {
            frame.index: drawing.masked(frame.pixels, self._recording.street)
            for frame in chosen_frames(self._recording.source.path, sorted(wanted))
        }
        shots = tuple(shot for shot in self._shots if shot.index in frames)
        for shot in shots:
            self._keep(shot.role, frames[shot.index], shot.index, shot.time, shot.box)
        closeups = self._closeups(shots, frames)
        clip, left_out = self._clip()
        gathered = self._gathered(shots)
        found = checks(gathered)
        missing = [check.name for check in found if not check.passed]
        if shots:
            self._composite(shots, frames, closeups, missing)
        return replace(
            self._found,
            pictures=tuple(self._pictures),
            clip=clip,
            clip_left_out=left_out,
            checks=found,
            complete=not missing,
        )

    def _gathered(self, shots: tuple[Shot, ...]) -> Gathered:
        recording = self._recording
        roles = frozenset(picture.role for picture in self._pictures)
        return Gathered(
            self._found, shots, recording.size, roles, recording.street, recording.signals, recording.street.site,
            recording.clock, self._means.lettering.chinese,
        )  # fmt: skip

    def _closeups(self, shots: Sequence[Shot], frames: dict[int, Picture]) -> list[list[CloseUp]]:
        """Plate and vehicle from the frame that was read, the lamps from every panorama."""
        found: list[CloseUp] = []
        lamps: list[CloseUp] = []
        read, group = self._found.plate_read, self._group()
        if read is not None and read.frame in frames:
            point = next(p for p in self._track.points if p.index == read.frame)
            shown = drawing.plate_closeup(frames[read.frame], read.box)
            found += self._kept("plate_closeup", shown, Shot("", point.index, point.time, (0, 0, 0, 0)))
        if self._track.label in PLATED and shots:
            at = read.frame if read is not None and read.frame in frames else shots[0].index
            point = next(p for p in self._track.points if p.index == at)
            d = point.detection
            box: Box = (d.left, d.top, d.right, d.bottom)
            shown = drawing.vehicle_closeup(frames[at], box, oncoming=comes_nearer(self._track))
            found += self._kept("vehicle_closeup", shown, Shot("", point.index, point.time, box))
        if group is not None:
            for shot in shots:
                lamps += self._kept("signal_closeup", drawing.lamp_closeup(frames[shot.index], group), shot)
        return [found, lamps]

    def _group(self) -> SignalGroup | None:
        """The lamps that ruled it, where they are drawn."""
        signal = self._found.signal
        if self._found.rule not in LAMP or signal is None:
            return None
        return next((g for g in self._recording.street.signals if g.name == signal.group and g.lamps), None)

    def _kept(self, role: str, shown: CloseUp | None, shot: Shot) -> list[CloseUp]:
        if shown is None:
            return []
        self._keep(role, shown.pixels, shot.index, shot.time, shown.box)
        return [shown]

    def _keep(self, role: str, pixels: Picture, frame: int, time: float, box: Box | None) -> None:
        """Write a picture down, with the digest of its bytes."""
        data = drawing.jpeg(pixels)
        name = f"{self._stem}-{len(self._pictures) + 1}-{role}.jpg"
        (self._means.folder / name).write_bytes(data)
        self.files.append(DerivedFile(self._means.folder / name, name, "image/jpeg"))
        height, width = pixels.shape[:2]
        rounded = None if box is None else (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))
        digest = hashlib.sha256(data).hexdigest()
        self._pictures.append(EvidencePicture(role, name, frame, round(time, 3), width, height, digest, rounded))

    def _composite(
        self,
        shots: Sequence[Shot],
        frames: dict[int, Picture],
        closeups: Sequence[Sequence[CloseUp]],
        missing: list[str],
    ) -> None:
        recording, lettering = self._recording, self._means.lettering
        tiles = [
            Tile(frames[shot.index], shot.box, telling.label(number + 1, shot, recording.clock))
            for number, shot in enumerate(shots)
        ]
        text = telling.text(self._found, recording.site, recording.clock, recording.source.sha256)
        picture = drawing.composite(tiles, closeups, [*text, telling.standing(missing)], lettering)
        self._keep("composite", picture, shots[0].index, shots[0].time, None)

    def _clip(self) -> tuple[EvidenceClip | None, str | None]:
        """The original's packets around the violation; none where the scene has privacy masks, which a copy of packets
        cannot keep."""
        if self._recording.street.of(AreaKind.MASK):
            return None, MASKED_OUT
        start, end = self._found.start - PRE_S, self._found.end + POST_S
        try:
            cut = cut_clip(self._recording.source.path, self._means.folder, f"{self._stem}-clip", start, end)
        except BadInput as error:
            return None, error.message
        with cut.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files.append(DerivedFile(cut.path, cut.path.name, cut.media_type))
        return EvidenceClip(cut.path.name, cut.start, cut.end, digest), None
