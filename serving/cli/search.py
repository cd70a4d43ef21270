"""`anjuan search`: ask the cases of a data folder, also beside a running server; knows the index by its search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serving.cli.data_folder import DataFolder, data_options, opened_store, operator

if TYPE_CHECKING:
    from cases.search.asking import Answer, Hit


@click.command()
@click.argument("query")
@data_options
@click.option("--order", type=click.Choice(["relevance", "newest"]), default="relevance", show_default=True)
@click.option("--offset", type=click.IntRange(0, 10_000), default=0, show_default=True, help="Hits to pass over.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="Hits to print.")
@click.option("--rebuild", is_flag=True, help="Make the index anew from the store first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def search(
    query: str, data: Path, database: str | None, order: str, offset: int, limit: int, rebuild: bool, as_json: bool
) -> None:
    """Search transcripts, 笔录, case files, traffic events and statutes for QUERY.

    \b
    张三 盗窃                  both
    "河滨市场 后门"             exactly these characters
    (盗窃 OR 诈骗) NOT 未遂      also | and -
    类型:起诉意见书 日期:2026-10  fields: 案件 类型 来源 人员 日期 文号 责任者 标题 号牌
    zhangsan                   a name by pinyin, or zs by initials
    """
    from tqdm import tqdm

    from cases.search.asking import CaseSearch
    from cases.search.index import SearchIndex
    from cases.search.matching import Order
    from serving.search_follower import follower_of

    with opened_store(DataFolder(data, database)) as store:
        index = SearchIndex(data)
        if rebuild:
            index.discard()
        follower = follower_of(store, data)
        with tqdm(desc="index", unit=" records", leave=False, delay=1) as bar:

            def tick(taken: int) -> None:
                bar.update(taken - bar.n)

            follower.catch_up(whole=True, on_batch=tick)
        follower.prepare()
        answer = CaseSearch(store, index).ask(operator(store), query, Order(order), offset=offset, limit=limit)
    if as_json:
        from serving.api.search.wire import AnswerShown

        click.echo(json.dumps({"query": query, **AnswerShown.of(answer).model_dump(mode="json")}, ensure_ascii=False))
        return
    _print(answer)


def _print(answer: Answer) -> None:
    for typed, read in answer.readings.items():
        click.echo(f"{typed}: {'、'.join(read)}", err=True)
    for hit in answer.hits:
        click.echo("\t".join((hit.case_name or "", hit.fields.title or hit.fields.type, _place(hit), hit.source)))
        text = "".join(click.style(part.text, bold=True) if part.hit else part.text for part in hit.snippet.parts)
        click.echo(f"    {'…' if hit.snippet.cut_before else ''}{text}{'…' if hit.snippet.cut_after else ''}")
    click.echo(f"{answer.total} found, {answer.took_ms:.0f} ms", err=True)


def _place(hit: Hit) -> str:
    place = hit.place
    if place is None:
        return ""
    if place.page is not None:
        return f"第{place.page}页"
    return f"{place.second:.1f}s" if place.second is not None else place.mark or ""
