"""`anjuan traffic`: count the road users of video files or of a live stream on this machine, without a server."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from cases.records import BlobRef, JsonObject
    from cases.traffic import TrafficRecord
    from pipelines.engine import Engine
    from pipelines.pipeline import Outcome

MAX_SECONDS = 3600.0
"""Longest look at a stream."""


@dataclass(frozen=True, slots=True)
class _Targets:
    """Where the tracks, the annotated copy and the evidence of one input go, if anywhere."""

    tracks: Path | None
    annotated: Path | None
    evidence: Path | None = None


@click.command(name="traffic")
@click.argument("videos", metavar="VIDEO|URL...", nargs=-1, required=True)
@click.option("--scene", type=click.Path(path_type=Path), help="YAML with counting lines, lanes, stop lines, areas.")
@click.option("--signals", type=click.Path(path_type=Path), help="YAML of lamps: group: [[second, colour], ...].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; several inputs give an array.")
@click.option(
    "--tracks", type=click.Path(path_type=Path), help="Write tracks here, MOTChallenge text; a folder for several."
)
@click.option("--annotated", type=click.Path(path_type=Path), help="Write the marked copy here; a folder for several.")
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write pictures, clips, plates and violations.json of each violation into this folder.",
)
@click.option("--recorded-at", help="When the first frame was taken, as 2026-03-09T08:00:00.000+08:00.")
@click.option("--clock-error", type=click.FloatRange(0.0), help="How far that clock may be off Beijing time, seconds.")
@click.option("--model", help="Detector; see `anjuan models list`.  [default: the manifests' default]")
@click.option("--stride", type=click.IntRange(0, 250), default=0, help="Look at every N-th frame.  [default: by rate]")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option(
    "--seconds",
    type=click.FloatRange(1.0, MAX_SECONDS),
    default=60.0,
    show_default=True,
    help="How long to watch a stream.",
)
def traffic(
    videos: tuple[str, ...],
    scene: Path | None,
    signals: Path | None,
    as_json: bool,
    tracks: Path | None,
    annotated: Path | None,
    evidence: Path | None,
    recorded_at: str | None,
    clock_error: float | None,
    model: str | None,
    stride: int,
    device: str,
    seconds: float,
) -> None:
    """Count road users: by class, or over the lines of a scene by class and direction.

    VIDEO is a file; URL a stream (rtsp, rtsps, http, https), which is watched for --seconds.
    """
    from pipelines.traffic.scene import read_scene
    from pipelines.traffic.signal import read_signals

    live = ["://" in video for video in videos]
    if any(live) and (tracks or annotated or stride or signals or evidence):
        raise click.UsageError(
            "--tracks, --annotated, --evidence, --stride and --signals are for files; a stream is not kept"
        )
    if evidence and not scene:
        raise click.UsageError("--evidence needs a --scene: without lanes and lines there are no violations")
    for video, is_live in zip(videos, live, strict=True):
        if not is_live and not Path(video).is_file():
            raise click.UsageError(f"{video} is no file; check its name")
    given: JsonObject = {
        "model": model,
        "stride": stride or None,
        "scene": read_scene(scene) if scene else None,
        "signals": read_signals(signals) if signals else None,
        "recorded_at": recorded_at,
        "clock_error_s": clock_error,
    }
    params: JsonObject = {name: value for name, value in given.items() if value is not None}
    targets = _targets([Path(v) for v in videos], tracks, annotated, evidence)
    if any(live):
        records = [_watch(video, params, device, seconds) for video in videos]
    else:
        records = _count_all([Path(v) for v in videos], params, device, targets)
    _print(videos, records, as_json)


def _targets(
    videos: Sequence[Path], tracks: Path | None, annotated: Path | None, evidence: Path | None
) -> list[_Targets]:
    """One set of outputs for each input; with several inputs the options name folders."""
    if len(videos) == 1:
        return [_Targets(tracks, annotated, evidence)]
    stems: list[str] = []
    for video in videos:
        copies = sum(1 for other in stems if other == video.stem or other.startswith(f"{video.stem}~"))
        stems.append(f"{video.stem}~{copies + 1}" if copies else video.stem)
    for folder in (tracks, annotated):
        if folder is not None:
            if folder.exists() and not folder.is_dir():
                raise click.UsageError(f"with several inputs, {folder} must be a folder")
            folder.mkdir(parents=True, exist_ok=True)
    return [
        _Targets(
            tracks / f"{stem}.txt" if tracks else None,
            annotated / f"{stem}.mp4" if annotated else None,
            evidence / stem if evidence else None,
        )
        for stem in stems
    ]


def _count_all(
    videos: Sequence[Path], params: JsonObject, device: str, targets: Sequence[_Targets]
) -> list[TrafficRecord]:
    from models.device import choose_device
    from models.errors import BadInput
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine

    sources = [_reference(video) for video in videos]
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(device))
    records = []
    try:
        for video, source, target in zip(videos, sources, targets, strict=True):
            try:
                records.append(_count(source, params, engine, target, video.name))
            except BadInput as error:
                raise BadInput(error.code, f"{video.name}: {error.message}") from error
    finally:
        engine.close()
    return records


def _reference(video: Path) -> BlobRef:
    """The file as evidence: its digest and what its bytes say it is; raises BadInput when it is no video."""
    from cases.records import BlobRef
    from models.errors import BadInput, Unsupported
    from pipelines.media.probe import probe, tasks_for

    with video.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        facts = probe(video, cut_short_is_meant=True)
    except BadInput as error:
        raise type(error)(error.code, f"{video.name}: {error.message}") from error
    if "traffic" not in tasks_for(facts.media_type):
        raise Unsupported("traffic.type", f"{video.name}: {facts.media_type} has no moving pictures; send a video")
    return BlobRef(digest, video.stat().st_size, facts.media_type, video.resolve())


def _count(source: BlobRef, params: JsonObject, engine: Engine, target: _Targets, name: str) -> TrafficRecord:
    """The record of one file, with progress on stderr; writes what was asked for beside it."""
    from tqdm import tqdm

    from pipelines.lines import AnyPipeline, run_pipeline
    from pipelines.pipeline import Part, Setting
    from pipelines.traffic.count import Stretch, TrafficPipeline, tracks_of
    from pipelines.traffic.mot import format_tracks

    pipeline = TrafficPipeline()
    parts: list[Stretch] = []
    asked: JsonObject = {
        **params,
        "annotated": target.annotated is not None,
        "evidence": target.evidence is not None,
    }
    with tempfile.TemporaryDirectory(prefix="anjuan-traffic-") as scratch, tqdm(desc=name, leave=False) as bar:

        def tell(part: Part[object]) -> None:
            parts.append(cast(Stretch, part.payload))
            bar.total = part.total
            bar.update()

        wishes: object = pipeline.parse(asked)
        setting = Setting(source, wishes, engine, Path(scratch))
        outcome = run_pipeline(cast(AnyPipeline, pipeline), setting, parameters=asked, on_part=tell)
        _keep_copy(outcome, target.annotated)
        _keep_evidence(outcome, target.evidence)
    if target.tracks is not None:
        _write(target.tracks, format_tracks(tracks_of(parts)))
    return cast("TrafficRecord", outcome.record)


def _keep_copy(outcome: Outcome[object], target: Path | None) -> None:
    if target is None:
        return
    copy = next(file for file in outcome.derived if file.path.stem == "annotated")
    if copy.path.suffix != target.suffix:
        click.echo(
            f"anjuan: this machine writes {copy.path.suffix[1:]}, whatever the name {target.name} says", err=True
        )
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(copy.path, partial)
    partial.replace(target)


def _keep_evidence(outcome: Outcome[object], folder: Path | None) -> None:
    """Pictures and clips, the violations with their checks and what made them, and GA/T 1400 objects of what is
    proposed."""
    from cases.codec import to_json
    from pipelines.traffic.viid import motor_vehicles

    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in outcome.derived:
        if file.path.stem != "annotated":
            shutil.copyfile(file.path, folder / file.name)
    record = cast("TrafficRecord", outcome.record)
    kept = ("site", "clock", "signals", "provenance", "violations")
    found: dict[str, JsonObject] = {
        "violations.json": {name: to_json(getattr(record, name)) for name in kept},
        "viid.json": motor_vehicles(record, record.violations),
    }
    for name, value in found.items():
        _write(folder / name, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _write(target: Path, text: str) -> None:
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(target)


def _watch(url: str, params: JsonObject, device: str, seconds: float) -> TrafficRecord:
    """The record of a look at a stream; its provenance names the stream without password, and no digest."""
    from datetime import UTC, datetime

    from cases.records import ModelUse, Provenance
    from models import registry
    from models.device import choose_device
    from models.task import Detector, Task
    from models.weights import WeightsCache
    from pipelines.lines import code_version
    from pipelines.traffic.count import TrafficPipeline
    from pipelines.traffic.live import look
    from pipelines.traffic.stream import LiveReader, camera, shown_url

    pipeline, source = TrafficPipeline(), camera(url)
    wishes = pipeline.parse(params)
    cache, chosen = WeightsCache(), choose_device(device)
    detector = cast(Detector, registry.build(wishes.model or registry.default_name(Task.DETECT, cache), cache))
    detector.load(chosen)
    started = datetime.now(UTC).isoformat(timespec="milliseconds")
    try:
        with LiveReader(source) as reader:
            seen = look(reader, detector, seconds)
    finally:
        detector.close()
    known = detector.identity
    provenance = Provenance(
        pipeline=pipeline.task,
        pipeline_version=pipeline.version,
        code_version=code_version(),
        models=(ModelUse(known.name, known.task.value, known.weights_sha256, known.licence),),
        parameters={**params, "source": shown_url(url), "seconds": seconds, **seen.parameters},
        device=f"{chosen.kind}:{chosen.index}, {chosen.threads} threads ({chosen.reason})",
        source_sha256="",
        started_at=started,
        finished_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
    return seen.record(wishes.scene, provenance)


def _print(videos: Sequence[str], records: Sequence[TrafficRecord], as_json: bool) -> None:
    from cases.codec import to_json

    if as_json:
        documents = [to_json(record) for record in records]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
        return
    for video, record in zip(videos, records, strict=True):
        name = "stream" if "://" in video else Path(video).name
        click.echo(f"{name}: {record.duration:.1f} s, {record.tracks} tracks")
        for count in record.counts:
            where = f"{count.line} {count.direction} " if count.line is not None else ""
            click.echo(f"  {where}{count.class_}: {count.count}")
        for lane in record.lanes:
            speed = f", {lane.mean_speed_kmh:.1f} km/h" if lane.mean_speed_kmh is not None else ""
            queue = f", queue {lane.queue_m:.0f} m" if lane.queue_m is not None else ""
            click.echo(f"  lane {lane.lane}: {lane.flow_per_hour:.0f} an hour{speed}{queue}")
        for found in record.violations:
            click.echo(f"  {found.rule} {found.code}: track {found.track}, {found.start:.1f} to {found.end:.1f} s")
            if found.checks:
                missing = ", ".join(check.name for check in found.checks if not check.passed)
                state = f"incomplete: {missing}" if missing else "complete"
                click.echo(f"    plate: {found.plate or found.plate_state}; evidence {state}")
