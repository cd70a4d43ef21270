"""`anjuan serve`: the whole service in one command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Never

import click

from serving.cli.data_folder import DataFolder, data_options, settings_for

if TYPE_CHECKING:
    from tqdm import tqdm


class _Bars:
    """Progress of downloads on stderr."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None

    def start(self, label: str, total: int | None) -> None:
        """A step begins."""
        from tqdm import tqdm

        self.finish()
        self._bar = tqdm(desc=label, total=total, unit="B", unit_scale=True)

    def advance(self, count: int) -> None:
        """More bytes have arrived."""
        if self._bar is not None:
            self._bar.update(count)

    def finish(self) -> None:
        """The step has ended."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@click.command()
@click.option("--host", metavar="H", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), metavar="P", help="Port; 0 takes a free one.  [default: 8000]")
@data_options
@click.option("--engine", type=click.Choice(["ray", "inline"]), help="Models on Ray Serve, or on threads.")
@click.option("--device", metavar="DEVICE", help="auto, cpu, cuda or cuda:N.")
@click.option("--workers", "workers", type=click.IntRange(0, 64), metavar="N", help="Jobs that run at once here.")
@click.option("--fake-models", is_flag=True, help="Stand-ins instead of models: for trying the service, no weights.")
def serve(
    host: str | None,
    port: int | None,
    data: Path,
    database: str | None,
    engine: str | None,
    device: str | None,
    workers: int | None,
    fake_models: bool,
) -> None:
    """Run the service: gateway, models, worker and console.

    Prints the address and, on first start, the password of the account `admin`. Ends on SIGTERM or Ctrl-C.
    """
    settings = settings_for(
        DataFolder(data, database), host=host, port=port, engine=engine, device=device, worker_threads=workers
    )
    from serving.model_source import fakes, registered
    from serving.server import Parts, Server

    source = fakes() if fake_models else registered()
    Server(Parts(settings, source, _Bars(), _say)).run()


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
