"""A gateway with the console, over a real store, real blobs and the fake engine; and small media made on the spot."""

from __future__ import annotations

import io
import socket
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image, ImageDraw, ImageFont
from starlette.testclient import TestClient

from cases.blobs import LocalBlobs
from cases.codec import from_json, to_json_object
from cases.discrepancy import DiscrepancyList
from cases.records import (
    Actor,
    Case,
    CaseDocument,
    EvidenceItem,
    JsonObject,
    ModelUse,
    PageLine,
    Provenance,
    Role,
    ScannedPage,
    ScanRecord,
)
from cases.store import Store
from cases.traffic import Count, LaneMeasure, TrackSummary, TrafficRecord
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from pipelines.media.word import DOCX
from pipelines.speech.compare.comparison import compare
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.written import WrittenLine, read_turns
from serving.api.live.models import LiveModels
from serving.app import create_app
from serving.security import sessions
from serving.security.passwords import hash_password
from serving.settings import Settings

PASSWORD = "a long enough password"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Where Debian keeps it; without it the pages have boxes for letters, and their places are right all the same."""


@dataclass(frozen=True)
class Office:
    """A gateway with its parts, and the accounts that use it."""

    app: FastAPI
    store: Store
    blobs: LocalBlobs
    engine: InlineEngine
    settings: Settings
    officer: Actor


def open_office(folder: Path) -> Office:
    """An office in `folder`: the officer 王敏 (name wang), the reader li and the auditor shen share one password."""
    settings = Settings(data_dir=folder, read_note_s=60)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.store_url, signing_key_path=settings.signing_key_path)
    blobs = LocalBlobs(settings.blobs_dir)
    engine = InlineEngine(build_fake, fake_names, Device(DeviceKind.CPU, 0, 2, "a test"))
    hashed = hash_password(PASSWORD)
    officer = store.accounts.add("wang", Role.OFFICER, hashed, "王敏")
    store.accounts.add("li", Role.READER, hashed, "李强")
    store.accounts.add("shen", Role.AUDITOR, hashed, "沈静")
    actor = Actor(officer.id, officer.name, officer.role)
    live = LiveModels(build_fake, fake_names, bounds=None)
    return Office(create_app(settings, engine, store, blobs, live), store, blobs, engine, settings, actor)


def close_office(office: Office) -> None:
    """Give back what an office holds."""
    office.engine.close()
    office.store.close()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of the console: each makes cases of its own in it."""
    made = open_office(tmp_path_factory.mktemp("office"))
    yield made
    close_office(made)


@pytest.fixture
def visitor(office: Office) -> Iterator[TestClient]:
    """A browser without scripts that nobody has signed in yet."""
    with TestClient(office.app, base_url="http://testserver") as client:
        yield client


@pytest.fixture
def clerk(visitor: TestClient, office: Office) -> TestClient:
    """The officer wang, with a session that was opened beforehand: an Argon2 hash for each test would add up."""
    token = sessions.new_token()
    expires = datetime.now(UTC) + timedelta(hours=1)
    office.store.accounts.add_session(sessions.token_hash(token), office.officer.id, expires)
    visitor.cookies.set(sessions.COOKIE, token)
    return visitor


@pytest.fixture(scope="session")
def address(office: Office) -> Iterator[str]:
    """The office on a real socket, for a real browser."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(office.app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


# --- a case with one record of each kind, made on the spot ------------------------------------------------------------
TALK = (
    ("question", "现在依法对你进行讯问，你应当如实回答，听清楚了吗？", 0.97, ()),
    ("answer", "听清楚了。", 0.95, ()),
    ("question", "你的姓名、出生日期和住址？", 0.96, ()),
    ("answer", "我叫张伟，一九九〇年三月十二日出生，住在滨河路十八号院。", 0.88, ()),
    ("question", "把二〇二六年十月三日晚上的经过讲一下。", 0.94, ()),
    ("answer", "那天晚上九点多，我从河滨市场的后门进去，看见一个摊位的卷帘门没有锁。", 0.72, ()),
    ("answer", "我就拿了柜台上的两部手机，还有一个黑色的手包。", 0.46, ("low-confidence",)),
    ("question", "手包里有什么东西？", 0.93, ()),
    ("answer", "有一些现金，大概两千三百块钱，还有身份证。", 0.81, ()),
    ("answer", "嗯嗯嗯嗯嗯嗯嗯嗯", 0.38, ("repetition", "low-confidence")),
    ("question", "东西现在在哪里？", 0.95, ()),
    ("answer", "手机卖给了一个收旧货的人，钱已经花了，手包扔在河边的垃圾桶里。", 0.86, ()),
    ("question", "你对以上所说的有没有补充？", 0.96, ()),
    ("answer", "没有补充了，我知道错了。", 0.9, ()),
)
"""Who, what, how sure, which doubts: an invented interrogation."""
WRITTEN = (
    "讯问笔录",
    "问：现在依法对你进行讯问，你应当如实回答，听清楚了吗？",
    "答：听清楚了。",
    "问：你的姓名、出生日期和住址？",
    "答：我叫张伟，1990年3月21日出生，住在滨河路18号院。",
    "问：把2026年10月3日晚上的经过讲一下。",
    "答：那天晚上九点多，我用撬棍撬开卷帘门，从河滨市场的后门进去，我知道这是犯罪。",
    "答：我拿了柜台上的三部手机，还有一个黑色的手包。",
    "问：手包里有什么东西？",
    "答：有一些现金，大概3200元，还有身份证。",
    "问：你对以上所说的有没有补充？",
    "答：有补充。",
)
"""What the invented 笔录 of the same interrogation says."""
SECONDS_A_WORD = 0.28
PAGE_LINES = (
    ("讯 问 笔 录", 460, 120, 54, 0.99),
    ("时间：2026年10月5日 9时10分至10时02分", 150, 250, 30, 0.98),
    ("地点：示范市公安局滨河分局办案区第三讯问室", 150, 310, 30, 0.97),
    ("讯问人：王敏、陈立    记录人：陈立", 150, 370, 30, 0.96),
    ("被讯问人：张伟，男，1990年3月12日出生", 150, 430, 30, 0.93),
    ("问：现在依法对你进行讯问，你应当如实回答。", 150, 530, 30, 0.95),
    ("答：听清楚了。", 150, 590, 30, 0.71),
    ("问：把10月3日晚上的经过讲一下。", 150, 650, 30, 0.94),
    ("答：那天晚上九点多，我从河滨市场的后门进去。", 150, 710, 30, 0.42),
    ("以上笔录我看过，和我说的相符。", 150, 1450, 30, 0.88),
    ("第 1 页 共 3 页", 520, 1620, 26, 0.9),
)
"""Text, left, top, size in pixels, how sure: an invented page of 1240 x 1754."""


def provenance(task: str, digest: str, models: tuple[ModelUse, ...]) -> Provenance:
    """A provenance as the runner writes it."""
    times = ("2026-11-20T01:02:03.000+00:00", "2026-11-20T01:03:09.500+00:00")
    return Provenance(
        task, "1", "0.1.0", models, {"language": "zh"} if task == "transcribe" else {}, "cpu", digest, *times
    )


def wav(seconds: float) -> bytes:
    """A tone that rises and falls, 16 kHz mono."""
    at = np.arange(int(seconds * 16000)) / 16000
    samples = (np.sin(2 * np.pi * 220 * at) * (0.4 + 0.3 * np.sin(2 * np.pi * 2 * at)) * 9000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def transcript(digest: str) -> Transcript:
    """The invented interrogation, one or two characters a word."""
    segments, time_ = [], 0.6
    for number, (role, text, sure, flags) in enumerate(TALK):
        pieces = [text[n : n + 2] for n in range(0, len(text), 2)]
        words, start = [], time_
        for n, piece in enumerate(pieces):
            probability = max(0.05, min(0.99, sure + 0.1 - 0.3 * (n % 5 == 3)))
            words.append(
                TranscriptWord(round(time_, 2), round(time_ + SECONDS_A_WORD, 2), piece, round(probability, 2))
            )
            time_ += SECONDS_A_WORD
        speaker = "S1" if role == "question" else "S2"
        segments.append(
            TranscriptSegment(number, round(start, 2), round(time_, 2), speaker, role, text, sure, flags, tuple(words))
        )
        time_ += 0.5
    models = (
        ModelUse("whisper-small", "transcribe", sha256(b"whisper").hexdigest(), "Apache-2.0"),
        ModelUse("silero-vad", "voice-activity", sha256(b"silero").hexdigest(), "MIT"),
    )
    text = "\n".join(line[1] for line in TALK)
    return Transcript(
        "zh", round(time_, 2), ("S1", "S2"), tuple(segments), text, provenance("transcribe", digest, models)
    )


def differences(talk: Transcript, made_from: JsonObject, digest: str) -> DiscrepancyList:
    """The invented 笔录 held against a transcript, as the pipeline does it."""
    written = read_turns([WrittenLine(1 + n // 6, n + 1, line, whole=True) for n, line in enumerate(WRITTEN)])
    found = compare(written, read_transcript(talk))
    made = replace(provenance("compare", digest, ()), parameters=made_from)
    recording = talk.provenance.source_sha256
    transcript_id = str(made_from.get("transcript")) if "transcript" in made_from else None
    return DiscrepancyList(
        found.discrepancies, found.turns, written.paragraphs, talk.duration, transcript_id, recording, (), made
    )


def page_picture(number: int) -> tuple[bytes, ScannedPage]:
    """A drawn page as JPEG, and the page as a reader would have read it, with the true box of each line."""
    image = Image.new("RGB", (1240, 1754), (252, 251, 247))
    draw = ImageDraw.Draw(image)
    lines = []
    for text, left, top, size, sure in PAGE_LINES[: len(PAGE_LINES) if number == 1 else 4 + number]:
        font = ImageFont.truetype(FONT, size) if FONT.exists() else ImageFont.load_default(size)
        draw.text((left, top), text, fill=(28, 28, 30), font=font)
        x0, y0, x1, y1 = draw.textbbox((left, top), text, font=font)
        lines.append(PageLine(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), sure, "text"))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    name = f"page-{number:04d}.jpg"
    flags = ("page.reduced",) if number == 2 else ()
    return out.getvalue(), ScannedPage(number, 1240, 1754, 0, 0.0, tuple(lines), image=name, flags=flags)


def clip(path: Path, *, boxes: bool, seconds: int = 8) -> None:
    """A street of two grey lanes on which two blocks drive, H.264 in MP4; `boxes` draws frames around them."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for n in range(seconds * 10):
            pixels = np.full((360, 640, 3), 96, np.uint8)
            pixels[178:182] = 210
            for (x0, y0, x1, y1), colour in zip(blocks(n / 10), ((160, 40, 40), (40, 70, 150)), strict=True):
                box = (slice(y0, y1), slice(max(0, x0), max(0, x1)))
                if boxes:
                    pixels[slice(max(0, y0 - 4), y1 + 4), slice(max(0, x0 - 4), max(0, x1 + 4))] = (255, 211, 77)
                pixels[box] = colour
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)


def blocks(at: float) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Where the two blocks are at `at` seconds: left, top, right, bottom."""
    first, second = int(at * 75), int(560 - at * 60)
    return (first, 60, first + 90, 120), (second, 230, second + 120, 310)


def traffic(digest: str) -> TrafficRecord:
    """The blocks as tracks of a car and a bus, and some passers-by."""
    paths = []
    for number, label in ((1, "car"), (2, "bus")):
        points = tuple((n / 2, *map(float, blocks(n / 2)[number - 1])) for n in range(15))
        paths.append(TrackSummary(number, label, 0.0, 7.0, points))
    for number in range(3, 26):
        start = (number * 7 % 60) / 10
        label = ("car", "motorcycle", "person", "truck", "bicycle")[number % 5]
        box = (20.0 * number, 190.0, 20.0 * number + 26, 226.0)
        paths.append(TrackSummary(number, label, start, start + 1.5, ((start, *box), (start + 1.5, *box))))
    counts = [Count("北进口", "forward", "car", 4), Count("北进口", "forward", "bus", 1)]
    counts += [Count("北进口", "backward", "truck", 2), Count("人行横道", None, "person", 5)]
    models = (ModelUse("picodet-s", "detect", sha256(b"picodet").hexdigest(), "Apache-2.0"),)
    made = provenance("traffic", digest, models)
    lanes = (LaneMeasure("1", 1800.0, 42.5, 0.31, None), LaneMeasure("2", 900.0, None, 0.12, 18.0))
    return TrafficRecord(8.0, 10.0, 80, 25, tuple(counts), lanes, (), made, 640, 360, tuple(paths))


@dataclass(frozen=True)
class SampleCase:
    """A case and the addresses of its records, one of each kind."""

    id: str
    evidence: dict[str, str]
    records: dict[str, str]


def keep(
    office: Office, case: Case, task: str, item: EvidenceItem, body: object, files: dict[str, tuple[str, bytes]]
) -> str:
    """Run a job to its end with a body that was made beforehand."""
    office.store.submit_job(office.officer, case.id, item.id, task, {}, "1")
    lease = office.store.claim("test", [task], 60)
    assert lease is not None
    derived = []
    for name, (media_type, content) in files.items():
        with office.blobs.receive() as incoming:
            incoming.write(content)
            derived.append((name, media_type, incoming.commit()))
    return office.store.finish(lease, task, to_json_object(body), derived).record_id


def add_file(office: Office, case: Case, name: str, content: bytes, media_type: str, facts: JsonObject) -> EvidenceItem:
    """Evidence from bytes."""
    with office.blobs.receive() as incoming:
        incoming.write(content)
        blob = incoming.commit()
    return office.store.add_evidence(office.officer, case.id, name, blob, media_type, facts)


def sample_case(office: Office, folder: Path, name: str = "张伟涉嫌盗窃案") -> SampleCase:
    """A case with a transcript, a read volume, a traffic record and a list of differences."""
    case = office.store.create_case(office.officer, name, case_no="示滨检刑诉〔2026〕118号", cause="盗窃")
    sound = wav(43)
    audio = add_file(office, case, "讯问录音-张伟-20261005.wav", sound, "audio/x-wav", {"duration": 43.0})
    pages = [page_picture(number) for number in (1, 2, 3)]
    pdf = b"%PDF-1.4\n%%EOF\n"
    volume = add_file(office, case, "侦查卷第一册.pdf", pdf, "application/pdf", {"pages": 3})
    clip(folder / "plain.mp4", boxes=False)
    clip(folder / "boxes.mp4", boxes=True)
    video = add_file(
        office, case, "滨河路口-北进口.mp4", (folder / "plain.mp4").read_bytes(), "video/mp4", {"duration": 8.0}
    )
    read = ModelUse("pp-ocrv6-small", "read-page", sha256(b"ppocr").hexdigest(), "Apache-2.0")
    scan = ScanRecord(
        tuple(page for _, page in pages),
        (CaseDocument("讯问笔录", "讯问笔录（第一次）", None, "2026-10-05", None, 1, 2, 0.9),),
        "\n".join(line.text for _, page in pages for line in page.lines),
        provenance("scan", volume.digest.sha256, (read,)),
    )
    pictures = {page.image or "": ("image/jpeg", picture) for picture, page in pages}
    records = {
        "transcribe": keep(office, case, "transcribe", audio, transcript(audio.digest.sha256), {}),
        "scan": keep(office, case, "scan", volume, scan, {**pictures, "searchable.pdf": ("application/pdf", pdf)}),
        "traffic": keep(
            office,
            case,
            "traffic",
            video,
            traffic(video.digest.sha256),
            {"annotated.mp4": ("video/mp4", (folder / "boxes.mp4").read_bytes())},
        ),
    }
    written = add_file(office, case, "讯问笔录-张伟-第一次.docx", b"PK invented", DOCX, {})
    heard: JsonObject = {"transcript": records["transcribe"], "transcript_version": 1}
    listed = differences(transcript(audio.digest.sha256), heard, written.digest.sha256)
    records["compare"] = keep(office, case, "compare", written, listed, {})
    return SampleCase(case.id, {"transcribe": audio.id, "scan": volume.id, "traffic": video.id}, records)


@pytest.fixture(scope="session")
def sample(office: Office, tmp_path_factory: pytest.TempPathFactory) -> SampleCase:
    """One sample case; the tests look at it and change nothing in it."""
    return sample_case(office, tmp_path_factory.mktemp("sample"))


@dataclass(frozen=True)
class Talk:
    """A transcript of a test's own, to be corrected."""

    office: Office
    record: str
    case: str

    @property
    def path(self) -> str:
        return f"/records/{self.record}"

    def kept(self, version: int | None = None) -> Transcript:
        """The transcript as the server has it."""
        return from_json(Transcript, self.office.store.record(self.office.officer, self.record, version).body)

    def versions(self) -> list[tuple[int, str]]:
        """Number and author of each version."""
        return [(v.version, v.author) for v in self.office.store.versions_of(self.office.officer, self.record)]


@pytest.fixture
def talk(office: Office) -> Talk:
    """The invented interrogation in a case of its own."""
    case = office.store.create_case(office.officer, "修改练习案")
    audio = add_file(office, case, "讯问录音.wav", wav(43), "audio/x-wav", {"duration": 43.0})
    record = keep(office, case, "transcribe", audio, transcript(audio.digest.sha256), {})
    return Talk(office, record, case.id)
