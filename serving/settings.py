"""Every dial of the service: its unit in the name, its reason in the description; refuses values that are unsafe.

Read from the environment (`ANJUAN_<NAME>`) or given by the command line. Nothing is read at import time, and nothing
else in the program reads the environment for its own settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cases.records import JsonObject

if TYPE_CHECKING:
    from pipelines.media.probe import Limits

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

WEAK_PASSWORDS = frozenset(
    {"", "admin", "anjuan", "changeme", "changethis", "password", "postgres", "secret", "123456"}
)
"""Passwords of examples and images; a database that answers to one of them is open."""

SYSTEM_FOLDERS = frozenset({"/", "/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/root", "/sys", "/usr", "/var"})
"""Folders that belong to the system: evidence is never kept right in one of them."""


class Settings(BaseSettings):
    """The effective configuration of one server."""

    model_config = SettingsConfigDict(env_prefix="ANJUAN_", extra="ignore", frozen=True)

    # --- where -------------------------------------------------------------------------------------------------------
    data_dir: Path = Field(description="Folder of the database, blobs, keys and scratch files; created with mode 0700.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; loopback unless asked otherwise.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    database_url: SecretStr | None = Field(
        None, description="sqlite:/// or postgresql+psycopg:// URL; None is DIR/anjuan.db."
    )
    s3_endpoint_url: str | None = Field(None, description="S3-compatible endpoint for blobs; None keeps them in DIR.")
    s3_bucket: str | None = Field(None, description="Bucket for blobs; needed with an endpoint.")
    s3_prefix: str = Field("", max_length=200, description="Key prefix inside the bucket.")
    console: bool = Field(True, description="Serve the console's pages beside the API.")
    device: str = Field("auto", description="auto, cpu, cuda or cuda:N, as models/device.py reads it.")
    threads: int = Field(0, ge=0, le=1024, description="CPU threads for models; 0 is every core of the process.")

    # --- who ---------------------------------------------------------------------------------------------------------
    session_ttl_s: int = Field(
        12 * 3600,
        ge=300,
        le=7 * 86400,
        description="A console session ends after a working day, so a shift signs in once.",
    )
    cookie_secure: bool = Field(
        False, description="Mark the session cookie Secure even where TLS ends before this process; set it behind TLS."
    )
    sign_in_failures: int = Field(
        5, ge=3, le=20, description="Wrong passwords in a row, for one name or address, before the first wait."
    )
    sign_in_wait_s: float = Field(
        2.0, ge=0.1, le=60, description="First wait after too many wrong passwords; it doubles with each more."
    )
    sign_in_wait_max_s: float = Field(
        900.0, ge=60, le=86400, description="Longest wait, so that nobody is locked out for good by somebody else."
    )
    requests_per_minute: int = Field(
        3000, ge=10, le=1_000_000, description="Requests of one account; a console page and its parts are about 20."
    )
    request_burst: int = Field(600, ge=10, le=1_000_000, description="Requests that one account may send at once.")

    # --- request bodies ----------------------------------------------------------------------------------------------
    json_max_bytes: int = Field(
        2 * MIB,
        ge=KIB,
        le=64 * MIB,
        description="JSON body; a corrected transcript of twelve hours is under 2 MiB a part.",
    )
    form_max_bytes: int = Field(64 * KIB, ge=KIB, le=MIB, description="A console form: a few short fields.")
    upload_max_bytes: int = Field(
        8 * GIB,
        ge=KIB,
        le=1024 * GIB,
        description="One piece of evidence; 12 h of HD interrogation video is about 6 GiB.",
    )
    upload_chunk_bytes: int = Field(
        MIB, ge=64 * KIB, le=16 * MIB, description="Written and hashed at once in a thread; larger only costs memory."
    )
    upload_patch_max_bytes: int = Field(
        GIB, ge=64 * KIB, le=64 * GIB, description="One PATCH of a resumable upload; what a bad line may carry in a go."
    )
    uploads_max_concurrent: int = Field(
        8, ge=1, le=256, description="Bodies received at once; hashing two digests fills a core at about 3 Gbit/s."
    )
    uploads_open_per_account: int = Field(
        32, ge=1, le=1000, description="Resumable uploads that one account may leave open; each may hold disk space."
    )
    upload_idle_s: float = Field(60.0, ge=1, le=3600, description="Longest silence in a body before it is given up.")
    upload_ttl_s: int = Field(
        7 * 86400, ge=3600, le=90 * 86400, description="A resumable upload left alone for a week is swept away."
    )
    disk_reserve_bytes: int = Field(
        256 * MIB,
        ge=0,
        le=1024 * GIB,
        description="Free space that uploads leave, so that database and audit can go on.",
    )
    filename_max_chars: int = Field(
        255, ge=16, le=1024, description="Longest name that Windows and its users can make."
    )

    # --- media -------------------------------------------------------------------------------------------------------
    media_max_seconds: float = Field(
        12 * 3600.0, gt=0, le=7 * 86400, description="Longest sound or video that is decoded."
    )
    media_max_pages: int = Field(5000, ge=1, le=100_000, description="Pages of one document.")
    media_max_pixels: int = Field(
        200_000_000,
        ge=1_000_000,
        le=2_000_000_000,
        description="Pixels of one picture, so that no small file fills memory.",
    )
    media_max_page_px: int = Field(20_000, ge=1000, le=100_000, description="Longest side of one picture.")
    probe_max_concurrent: int = Field(2, ge=1, le=64, description="Files probed at once; each may start a decoder.")

    # --- live work ---------------------------------------------------------------------------------------------------
    live_max_concurrent: int = Field(
        2, ge=1, le=256, description="Transcriptions answered in the request itself; more would starve each other."
    )
    live_max_bytes: int = Field(
        200 * MIB, ge=KIB, le=8 * GIB, description="Audio of one such request; longer recordings belong into a case."
    )
    live_max_seconds: float = Field(
        2 * 3600.0, gt=0, le=43_200, description="Length of such audio, since a client holds a connection meanwhile."
    )
    live_retry_after_s: float = Field(5.0, ge=1, le=600, description="What a client is told to wait when all are busy.")
    live_sessions_max_concurrent: int = Field(
        4,
        ge=1,
        le=256,
        description="People who dictate at once, more are refused; 2 cores keep up with two, and are late with four.",
    )
    live_session_max_s: float = Field(
        12 * 3600.0, ge=60, le=86_400, description="Length of one session: as long as an interrogation may last."
    )
    live_idle_s: float = Field(
        3600.0, ge=60, le=43_200, description="A socket that sends nothing for so long is closed; breaks are shorter."
    )
    live_hold_s: float = Field(
        120.0, ge=5, le=3600, description="How long a session whose socket dropped keeps its place and its memory."
    )
    live_resume_s: float = Field(
        1800.0,
        ge=10,
        le=86_400,
        description="How long it may be taken up again; then it is kept as evidence as it is.",
    )
    live_frame_max_bytes: int = Field(
        256 * KIB, ge=KIB, le=MIB, description="One frame of sound; 256 KiB are 8 s at 16 kHz, far more than any needs."
    )
    live_ticket_s: float = Field(
        30.0, ge=1, le=600, description="How long a ticket for a socket is good; a page uses it at once."
    )
    live_rewrite_wait_s: float = Field(
        120.0, ge=0, le=3600, description="How long the end of a session waits for second readings that are due."
    )
    events_max_streams: int = Field(128, ge=1, le=10_000, description="Progress streams (SSE) open at once.")
    events_max_s: float = Field(3600.0, ge=1, le=86_400, description="Life of one stream; a client connects again.")
    events_poll_s: float = Field(0.5, ge=0.05, le=60, description="How often a stream asks the store.")
    events_heartbeat_s: float = Field(
        15.0, ge=0.1, le=60, description="A comment this often, so that proxies keep it open."
    )
    store_threads: int = Field(16, ge=1, le=256, description="Threads that wait for the store on behalf of requests.")
    read_note_s: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="Reads of one item by one actor within this time are one audit entry, since a "
        "player asks for hundreds of ranges; 0 notes each.",
    )

    # --- jobs --------------------------------------------------------------------------------------------------------
    worker_threads: int = Field(
        1, ge=0, le=64, description="Jobs that run at once in this server; 0 leaves them to others."
    )
    worker_poll_s: float = Field(0.5, ge=0.05, le=60, description="How often an idle worker looks for a job.")
    worker_lease_s: float = Field(
        60.0, ge=5, le=3600, description="A job whose worker is silent this long may be taken."
    )
    worker_heartbeat_s: float = Field(10.0, ge=0.5, le=600, description="How often a worker extends its lease.")
    search_poll_s: float = Field(
        2.0, ge=0.1, le=3600, description="How often the search index looks for new versions in the case store."
    )
    jobs_open_per_case: int = Field(500, ge=1, le=100_000, description="Jobs of one case that wait or run at once.")

    # --- Ray ---------------------------------------------------------------------------------------------------------
    ray_address: str | None = Field(None, description="Address of a Ray cluster; None starts a private local one.")
    ray_object_store_bytes: int = Field(
        128 * MIB, ge=80 * MIB, le=64 * GIB, description="Ray's shared memory; no media goes through it."
    )
    ray_start_s: float = Field(
        300.0, ge=10, le=1800, description="Longest wait for the next deployment to come up while Ray starts."
    )
    engine: str = Field(
        "ray", pattern="^(ray|inline)$", description="ray serves models on Ray Serve, inline on threads."
    )
    engine_queue_items: int = Field(256, ge=1, le=100_000, description="Requests that may wait for one model.")
    engine_growth_max_bytes: int = Field(
        2 * GIB,
        ge=256 * MIB,
        le=1024 * GIB,
        description="A replica whose memory has grown by this since it was warm is replaced; pages and clips keep 0.3.",
    )
    engine_answer_s: float = Field(
        1800.0, ge=1, le=86_400, description="How long one model call may take, queue included."
    )

    @field_validator("data_dir")
    @classmethod
    def _own_folder(cls, value: Path) -> Path:
        folder = value.expanduser().absolute()
        if str(folder) in SYSTEM_FOLDERS:
            raise ValueError(f"{folder} belongs to the system; give a folder of its own")
        return folder

    @field_validator("database_url")
    @classmethod
    def _safe_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        url = urlsplit(value.get_secret_value())
        if url.scheme not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("use sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME")
        if url.scheme != "sqlite" and url.password is not None and url.password.lower() in WEAK_PASSWORDS:
            raise ValueError("the database password is one of the well-known ones; set another")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.worker_heartbeat_s * 2 > self.worker_lease_s:
            raise ValueError("worker_heartbeat_s must be at most half of worker_lease_s, or one late beat loses a job")
        if (self.s3_endpoint_url is None) != (self.s3_bucket is None):
            raise ValueError("s3_endpoint_url and s3_bucket belong together")
        if self.s3_endpoint_url is not None and urlsplit(self.s3_endpoint_url).scheme not in ("http", "https"):
            raise ValueError("s3_endpoint_url must be an http or https URL")
        if self.sign_in_wait_s > self.sign_in_wait_max_s:
            raise ValueError("sign_in_wait_s must not pass sign_in_wait_max_s")
        return self

    @property
    def blobs_dir(self) -> Path:
        """Content-addressed evidence and copies."""
        return self.data_dir / "blobs"

    @property
    def live_dir(self) -> Path:
        """Live sessions that have not become evidence yet."""
        return self.data_dir / "live"

    @property
    def work_dir(self) -> Path:
        """Scratch: jobs, resumable uploads, spooled requests."""
        return self.data_dir / "work"

    @property
    def signing_key_path(self) -> Path:
        """The key that signs audit checkpoints."""
        return self.data_dir / "keys" / "audit.ed25519"

    @property
    def store_url(self) -> str:
        """The database URL in force; holds a password where one is needed: never print it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'anjuan.db'}"

    @property
    def media_limits(self) -> Limits:
        """The limits in the shape that the probe takes."""
        from pipelines.media.probe import Limits

        return Limits(
            max_bytes=self.upload_max_bytes,
            max_seconds=self.media_max_seconds,
            max_pages=self.media_max_pages,
            max_pixels=self.media_max_pixels,
            max_page_px=self.media_max_page_px,
        )

    @property
    def live_bytes(self) -> int:
        """Bytes of sound that is answered in the request itself: never more than evidence may have."""
        return min(self.live_max_bytes, self.upload_max_bytes)

    @property
    def live_limits(self) -> Limits:
        """The limits of sound that is answered in the request itself."""
        from dataclasses import replace

        return replace(self.media_limits, max_bytes=self.live_bytes, max_seconds=self.live_max_seconds)

    def redacted(self) -> JsonObject:
        """Every setting as JSON, passwords left out: what a server prints when it starts."""
        shown: JsonObject = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                shown[name] = without_password(value.get_secret_value())
            else:
                shown[name] = str(value) if isinstance(value, Path) else value
        return shown


def without_password(url: str) -> str:
    """A URL whose password is replaced by ***."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = f"{parts.username or ''}:***@{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
    return urlunsplit(parts._replace(netloc=place))
