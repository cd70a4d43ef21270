"""`anjuan plate`: read the number plates of pictures on this machine, without a server."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from cases.records import JsonObject
    from models.task import PlateModel
    from models.values import Frame, Plate

PICTURE_DPI = 200
"""Asked of the picture's opener, which draws PDF pages at it; pictures keep their pixels."""
DECIMALS = 4
"""Of probabilities; corners get one decimal of a pixel."""


@click.command(name="plate")
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; several images give an array.")
@click.option("--model", help="Plate reader; see `anjuan models list`.  [default: the manifests' default]")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
def plate(images: tuple[Path, ...], as_json: bool, model: str | None, device: str) -> None:
    """Read number plates: text, corners, colour of the ground, and how sure each is.

    IMAGE is a JPEG, PNG, BMP, WebP or TIFF (its first page).
    """
    from models import registry
    from models.device import choose_device
    from models.errors import BadInput
    from models.task import Task
    from models.weights import WeightsCache

    for image in images:
        if not image.is_file():
            raise click.UsageError(f"{image} is no file; check its name")
    cache = WeightsCache()
    known = registry.names(Task.READ_PLATES, cache)
    if model is not None and model not in known:
        raise BadInput("model.unknown", f"no model {model!r} reads plates; there are: {', '.join(known)}")
    reader = cast("PlateModel", registry.build(model or known[0], cache))
    reader.load(choose_device(device))
    try:
        found = [_plates(image, reader) for image in images]
    finally:
        reader.close()
    _print(images, found, as_json)


def _plates(image: Path, reader: PlateModel) -> tuple[Plate, ...]:
    """The plates of one picture; raises BadInput, which names it, for what is no picture."""
    from models.errors import BadInput
    from models.values import ItemError

    try:
        (answer,) = reader.predict([_frame(image)])
    except BadInput as error:
        raise type(error)(error.code, f"{image.name}: {error.message}") from error
    if isinstance(answer, ItemError):
        raise BadInput(answer.code, f"{image.name}: {answer.message}")
    return answer


def _frame(image: Path) -> Frame:
    """The picture's pixels, upright; the file is opened by the child process that opens all files from outside."""
    from models.values import Frame
    from pipelines.media.pdf import PageSource, picture_type
    from pipelines.media.picture import read_picture

    with tempfile.TemporaryDirectory(prefix="anjuan-plate-") as scratch:
        page = Path(scratch) / "picture.jpg"
        with PageSource(image.resolve(), picture_type(image)) as source:
            source.picture(0, PICTURE_DPI, page)
        return Frame(read_picture(page).pixels, 0, 0.0)


def shown(plate: Plate) -> JsonObject:
    """A plate as JSON: the shape of `anjuan plate --json`."""
    return {
        "text": plate.text,
        "box": [[round(x, 1), round(y, 1)] for x, y in plate.box],
        "confidence": round(plate.confidence, DECIMALS),
        "colour": plate.colour,
        "kind": plate.kind,
        "rows": plate.rows,
        "characters": [round(value, DECIMALS) for value in plate.characters],
        "score": round(plate.score, DECIMALS),
    }


def _print(images: Sequence[Path], found: Sequence[tuple[Plate, ...]], as_json: bool) -> None:
    if as_json:
        documents = [{"plates": [shown(one) for one in plates]} for plates in found]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
        return
    for image, plates in zip(images, found, strict=True):
        if not plates:
            click.echo(f"{image.name}: no plate")
        for one in plates:
            click.echo(f"{image.name}: {one.text}  {one.colour}  {one.confidence:.0%}")
