"""The traffic pipeline: a video in, detections stretch by stretch, then tracks and counts over all; knows no job store.

A part holds the detections of about ten seconds. Tracks and counts come from all parts together and from nothing else,
so that a resumed run gives the same record. Where the scene marks lamps, what they show in each frame is read in the
same stretch. By default frames are looked at about `TARGET_RATE` times a second whatever the file's own rate: on two
cores that is several times faster than the clip plays. Without a scene every road user counts once by class (line
None); with counting lines also each class in each direction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from cases.records import JsonObject, ModelUse, Provenance
from cases.traffic import ClockState, Count, TrackSummary, TrafficRecord
from models.errors import BadInput, Defect
from models.task import Task
from models.values import Detection, FrameDetections, ItemError, Track
from pipelines.engine import DETECT, Engine, VideoSpan
from pipelines.media.video import read_frames, video_facts
from pipelines.pipeline import DerivedFile, Outcome, Part, Setting
from pipelines.traffic.annotate import annotated_clip
from pipelines.traffic.classes import CLASSES, Sampling, road_users
from pipelines.traffic.crossing import PathPoint, crossings
from pipelines.traffic.enforcement import Enforcement, Span, signal_phases, street_results
from pipelines.traffic.evidence.lettering import Lettering
from pipelines.traffic.evidence.pack import Means, Recording, take_all
from pipelines.traffic.evidence.telling import parse_clock
from pipelines.traffic.lamp import sights, with_lamps
from pipelines.traffic.layout import SignalGroup, Street
from pipelines.traffic.scene import CountingLine, Scene, parse_scene
from pipelines.traffic.signal import Colour, SignalLog, parse_signals

TARGET_RATE = 15.0
"""Frames looked at a second, about: of 25 a second every second one, of 30 every second one, of 60 every fourth."""
STRETCH_S = 10.0
"""Seconds of video in a part: what a crash may cost, and what one answer of the detector holds."""
PATH_POINTS = 100
"""Points that the record keeps of a path at most, beside its ends."""
TREMBLE = 0.05
"""Part of a box's height by which its foot may tremble without having crossed a line."""
MAX_STRIDE = 250
"""Ten seconds of a usual camera: looking less often sees nothing of traffic."""
PARAMETERS = ("model", "stride", "scene", "annotated", "signals", "evidence", "recorded_at", "clock_error_s")

Box = tuple[str, float, float, float, float, float]
"""Label, score, left, top, right, bottom: short, since a part holds thousands."""


@dataclass(frozen=True, slots=True)
class TrafficParams:
    """`model` None is the default; `stride` 0 follows from the clip's rate; `annotated` asks for the marked copy;
    `signals` are the changes of lamps in the clip's own time; `evidence` asks for pictures, plates and clips of each
    violation, `clock` is that of the recording."""

    model: str | None = None
    stride: int = 0
    scene: Scene = field(default_factory=Scene)
    annotated: bool = True
    signals: SignalLog = field(default_factory=SignalLog)
    evidence: bool = True
    clock: ClockState = field(default_factory=ClockState)


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """What was found in one frame; `lamps` is what each group of `lamp_groups` showed, in their order."""

    index: int
    time: float
    boxes: tuple[Box, ...]
    lamps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part: what the detector found in some seconds of the video, and the facts that all parts share."""

    duration: float
    fps: float
    frames: int
    width: int
    height: int
    stride: int
    seen: tuple[SeenFrame, ...]


def usual_stride(fps: float) -> int:
    """Every how many frames to look, so that it is about `TARGET_RATE` times a second."""
    return max(1, round(fps / TARGET_RATE))


def _seen(found: FrameDetections) -> SeenFrame:
    boxes = ((d.label, d.score, d.left, d.top, d.right, d.bottom) for d in found.detections)
    return SeenFrame(found.index, found.time, tuple(boxes))


def _detections(frame: SeenFrame) -> FrameDetections:
    found = (
        Detection(left, top, right, bottom, label, score) for label, score, left, top, right, bottom in frame.boxes
    )
    return FrameDetections(frame.index, frame.time, tuple(found))


# --- lamps ------------------------------------------------------------------------------------------------------------
def lamp_groups(street: Street, told: SignalLog) -> tuple[SignalGroup, ...]:
    """The groups whose state is read from the picture: those with lamps that no feed tells."""
    return tuple(group for group in street.signals if group.lamps and group.name not in told.changes)


def _with_lamps(seen: tuple[SeenFrame, ...], span: VideoSpan, groups: Sequence[SignalGroup]) -> tuple[SeenFrame, ...]:
    """The frames with what their lamps show; a frame that cannot be decoded again shows nothing."""
    if not groups:
        return seen
    shown = {
        frame.index: tuple(colour.value for colour in sights(frame.pixels, groups))
        for frame in read_frames(span.path, span.first, span.last, span.stride)
    }
    nothing = (Colour.UNKNOWN.value,) * len(groups)
    return tuple(replace(frame, lamps=shown.get(frame.index, nothing)) for frame in seen)


def signals_of(parts: Sequence[Stretch], street: Street, told: SignalLog) -> SignalLog:
    """The log of a feed with what the parts saw of the other groups' lamps; `street` may be in any unit."""
    groups = lamp_groups(street, told)
    if not groups:
        return told
    frames = [frame for part in parts for frame in part.seen if len(frame.lamps) == len(groups)]
    series = {
        group.name: [(frame.time, Colour(frame.lamps[place])) for frame in frames] for place, group in enumerate(groups)
    }
    return with_lamps(told, series)


# --- from tracks to the record ---------------------------------------------------------------------------------------
def foot_path(track: Track) -> tuple[PathPoint, ...]:
    """Where the object touched the ground: the middle of its box's lower edge."""
    boxes = ((point.time, point.detection) for point in track.points)
    return tuple(PathPoint(time, ((d.left + d.right) / 2, d.bottom), TREMBLE * (d.bottom - d.top)) for time, d in boxes)


def counts(tracks: Sequence[Track], lines: Sequence[CountingLine]) -> tuple[Count, ...]:
    """Unique objects by class, or, where lines are given, crossings by line, direction and class; no zeros."""
    if not lines:
        seen = Counter(track.label for track in tracks)
        return tuple(Count(None, None, label, seen[label]) for label in _in_order(seen))
    found: list[Count] = []
    for line in lines:
        tally: Counter[tuple[str, str]] = Counter()
        for track in tracks:
            for crossing in crossings(foot_path(track), line.start, line.end):
                tally[line.directions[0 if crossing.rightward else 1], track.label] += 1
        for direction in dict.fromkeys(line.directions):
            labels = _in_order({label for where, label in tally if where == direction})
            found += [Count(line.name, direction, label, tally[direction, label]) for label in labels]
    return tuple(found)


def _in_order(labels: Mapping[str, int] | set[str]) -> list[str]:
    return sorted(labels, key=lambda label: (CLASSES.index(label) if label in CLASSES else len(CLASSES), label))


def summary(track: Track) -> TrackSummary:
    """A track as the record keeps it: thinned evenly to about `PATH_POINTS`, both ends kept."""
    points = track.points
    step = max(1, -(-len(points) // PATH_POINTS))
    kept = [*points[:-1:step], points[-1]]
    path = tuple(
        (
            round(p.time, 3),
            *(round(v, 1) for v in (p.detection.left, p.detection.top, p.detection.right, p.detection.bottom)),
        )
        for p in kept
    )
    return TrackSummary(
        id=track.id,
        class_=track.label,
        start=round(points[0].time, 3),
        end=round(points[-1].time, 3),
        path=cast("tuple[tuple[float, float, float, float, float], ...]", path),
    )


def tracks_of(parts: Sequence[Stretch]) -> tuple[Track, ...]:
    """Every road user of the whole video, from the parts in order."""
    sampling = Sampling(parts[0].fps, parts[0].stride)
    return road_users([_detections(frame) for part in parts for frame in part.seen], sampling)


def record_of(
    tracks: Sequence[Track], facts: Stretch, scene: Scene, provenance: Provenance, signals: SignalLog | None = None
) -> TrafficRecord:
    """The record over all tracks; a pure function.  `signals` None: no lamp is known."""
    drawn = scene.in_pixels(facts.width, facts.height)
    log = signals or SignalLog()
    street = street_results(tracks, drawn.street, Span(0.0, facts.duration, facts.fps), Enforcement(log))
    return TrafficRecord(
        duration=facts.duration,
        fps=facts.fps,
        frames=facts.frames,
        tracks=len(tracks),
        counts=counts(tracks, drawn.lines),
        lanes=street.lanes,
        violations=street.violations,
        provenance=provenance,
        width=facts.width,
        height=facts.height,
        paths=tuple(summary(track) for track in tracks),
        lane_intervals=street.intervals,
        turns=street.turns,
        signals=signal_phases(log),
        site=drawn.street.site,
    )


class TrafficPipeline:
    """Counts the road users of a video file."""

    task = "traffic"
    version = "3"
    part_type = Stretch

    def parse(self, params: JsonObject) -> TrafficParams:
        """`model` a name, `stride` frames (0: by rate), `scene`, `signals` as in their modules, `annotated` and
        `evidence` bools, `recorded_at` and `clock_error_s` the clock of the recording."""
        if unknown := set(params) - set(PARAMETERS):
            raise BadInput("traffic.parameter", f"unknown parameters {sorted(unknown)}; known: {', '.join(PARAMETERS)}")
        model, stride, annotated = params.get("model"), params.get("stride", 0), params.get("annotated", True)
        if not (model is None or isinstance(model, str)):
            raise BadInput("traffic.parameter", "`model` must be the name of a detector")
        if isinstance(stride, bool) or not isinstance(stride, int) or not 0 <= stride <= MAX_STRIDE:
            raise BadInput("traffic.parameter", f"`stride` must be a whole number from 0 to {MAX_STRIDE}")
        evidence = params.get("evidence", True)
        if not isinstance(annotated, bool) or not isinstance(evidence, bool):
            raise BadInput("traffic.parameter", "`annotated` and `evidence` must be true or false")
        return TrafficParams(
            model,
            stride,
            parse_scene(params.get("scene")),
            annotated,
            parse_signals(params.get("signals")),
            evidence,
            parse_clock(params.get("recorded_at"), params.get("clock_error_s")),
        )

    def models(self, params: TrafficParams, engine: Engine) -> tuple[ModelUse, ...]:
        """The detector, and the plate reader where evidence of violations may be taken."""
        detector = engine.model(Task.DETECT, params.model)
        if not params.evidence or params.scene.street == Street():
            return (detector,)
        return detector, engine.model(Task.READ_PLATES)

    def run(self, setting: Setting[TrafficParams], done: Mapping[int, Stretch]) -> Iterator[Part[Stretch]]:
        """Detections of each stretch that is not in `done`; raises BadInput when the video cannot be read."""
        source = setting.source.path
        empty = _facts(source, setting.params.stride)
        # A stretch is a whole number of strides, so that the frames looked at are evenly spaced over all parts.
        length = max(1, round(STRETCH_S * empty.fps / empty.stride)) * empty.stride
        total = max(1, -(-empty.frames // length))
        for index in range(total):
            if index in done:
                continue
            span = VideoSpan(source, index * length, min((index + 1) * length, empty.frames), empty.stride)
            groups = lamp_groups(
                setting.params.scene.in_pixels(empty.width, empty.height).street, setting.params.signals
            )
            seen = _with_lamps(_detect(setting, span), span, groups)
            yield Part(index, total, replace(empty, seen=seen))

    def assemble(
        self, setting: Setting[TrafficParams], parts: Sequence[Stretch], provenance: Provenance
    ) -> Outcome[TrafficRecord]:
        """The record over all stretches, evidence of its violations, and the annotated copy where asked for."""
        tracks, facts, params = tracks_of(parts), parts[0], setting.params
        scene = params.scene.in_pixels(facts.width, facts.height)
        log = signals_of(parts, scene.street, params.signals)
        record = record_of(tracks, facts, params.scene, _with_stride(provenance, facts), log)
        derived: tuple[DerivedFile, ...] = ()
        if params.evidence:
            recording = Recording(setting.source, scene.street, log, params.clock, (facts.width, facts.height))
            means = Means(setting.engine, setting.scratch, Lettering.usual())
            violations, derived = take_all(record.violations, tracks, recording, means)
            record = replace(record, violations=violations, clock=params.clock)
        if params.annotated:
            sampling = Sampling(facts.fps, facts.stride)
            clip = annotated_clip(setting.source.path, setting.scratch, tracks, scene, sampling)
            derived = (DerivedFile(clip.path, clip.path.name, clip.media_type), *derived)
        return Outcome(record, derived)


def _facts(source: Path, stride: int) -> Stretch:
    """What all parts share, with nothing seen yet."""
    facts = video_facts(source)
    fps = cast(float, facts["fps"])
    return Stretch(
        duration=cast(float, facts["duration"]),
        fps=fps,
        frames=cast(int, facts["frames"]),
        width=cast(int, facts["width"]),
        height=cast(int, facts["height"]),
        stride=stride or usual_stride(fps),
        seen=(),
    )


def _detect(setting: Setting[TrafficParams], span: VideoSpan) -> tuple[SeenFrame, ...]:
    (found,) = setting.engine.run(DETECT, [span], model=setting.params.model)
    if isinstance(found, ItemError):
        if found.code.startswith("video."):
            raise BadInput(found.code, found.message)
        raise Defect(found.code, found.message)
    return tuple(_seen(frame) for frame in found)


def _with_stride(provenance: Provenance, facts: Stretch) -> Provenance:
    """Provenance that says which frames were looked at."""
    looked = {"stride": facts.stride, "frames_a_second_looked_at": round(facts.fps / facts.stride, 3)}
    return replace(provenance, parameters={**provenance.parameters, **looked})
