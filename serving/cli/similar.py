"""`anjuan similar`: rank the judgments of a file by likeness to queries, without a server; knows the index alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import BadInput

if TYPE_CHECKING:
    from pipelines.intelligence.similar import SimilarCases

MAX_CANDIDATES_BYTES = 256 << 20
"""Candidate lists of 10,000 queries over 100 judgments are 12 MB."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("text", required=False)
@click.option("--corpus", type=_FILE, required=True, help="Judgments: JSON lines, plain, .gz or .zst.")
@click.option("--queries", type=_FILE, help="JSON lines with ridx and q; .gz and .zst too.")
@click.option("--candidates", type=_FILE, help="JSON {query id: [judgment ids]}: rank these only.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write {query id: [ids]} here.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Results a query.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for TEXT.")
def similar(
    text: str | None,
    corpus: Path,
    queries: Path | None,
    candidates: Path | None,
    output: Path | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find judgments like TEXT, the facts of a case, or like each query of a file."""
    from pipelines.intelligence.corpus import read_judgments
    from pipelines.intelligence.similar import SimilarCases

    if (text is None) == (queries is None) or (queries is None) != (output is None):
        raise click.UsageError("give TEXT, or --queries with -o; see anjuan similar --help")
    index = SimilarCases(list(read_judgments(corpus)))
    if queries is not None and output is not None:
        lists = _candidates(candidates) if candidates else None
        output.write_text(json.dumps(_run(index, queries, lists, limit), ensure_ascii=False), encoding="utf-8")
        return
    found = index.rank(text or "", limit=limit)
    if as_json:
        results = [{"id": one.id, "score": round(one.score, 4), "why": list(one.why)} for one in found]
        click.echo(json.dumps({"query": text, "results": results}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{one.id}\t{one.score:.3f}\t{'；'.join(one.why)}")


def _run(index: SimilarCases, queries: Path, lists: dict[str, list[str]] | None, limit: int) -> dict[str, list[str]]:
    from pipelines.intelligence.json_lines import json_lines

    answers = {}
    for number, body in json_lines(queries):
        key, facts = body.get("ridx", body.get("id")), body.get("q", body.get("facts"))
        if key is None or not isinstance(facts, str):
            raise BadInput("similar.query", f"{queries.name}, line {number} needs ridx and q, the facts as text")
        among = None if lists is None else lists.get(str(key), [])
        found = index.rank(facts, among, limit if among is None else None)
        answers[str(key)] = [one.id for one in found]
    return answers


def _candidates(file: Path) -> dict[str, list[str]]:
    if file.stat().st_size > MAX_CANDIDATES_BYTES:
        raise BadInput("similar.candidates", f"{file.name} is too large for lists of candidates")
    try:
        body = json.loads(file.read_text(encoding="utf-8-sig"))
        return {str(key): [str(one) for one in listed] for key, listed in body.items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise BadInput("similar.candidates", f"{file.name} is no JSON of the form {{query: [ids]}}") from error
