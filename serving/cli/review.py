"""`anjuan review`: holds cases against the rules of supervision, prints or writes the alarms, keeps answers to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serving.cli.data_folder import DataFolder, data_options

if TYPE_CHECKING:
    from cases.records import JsonObject
    from serving.reviewing import Reviewed

STATES = ("open", "explained", "corrected", "dismissed")


@click.command()
@click.argument("case", nargs=-1)
@data_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the alarms as .xlsx or .csv instead."
)
@click.option("--rules", "listed", is_flag=True, help="List the rules and what they rest on instead.")
@click.option("--answer", metavar="ALARM", help="Answer this alarm of CASE, with --state and --reason; it is audited.")
@click.option("--state", type=click.Choice(STATES), help="What the alarm is from now on.")
@click.option("--reason", help="Why.")
def review(
    case: tuple[str, ...], data: Path, database: str | None, as_json: bool, output: Path | None, listed: bool,
    answer: str | None, state: str | None, reason: str | None,
) -> None:  # fmt: skip
    """Hold CASE... (ids) against the rules of supervision (智能审查): alarms with page or second, rule and statute, and
    what could not be checked. The machine proposes, a person decides."""
    if listed:
        _list_rules(as_json)
        return
    if not case:
        raise click.UsageError("name at least one case by its id; `anjuan cases list` shows them")
    if output is not None and output.suffix not in (".xlsx", ".csv"):
        raise click.UsageError("the file's name must end in .xlsx or .csv")
    from serving.cli.data_folder import opened_store, operator
    from serving.reviewing import answer_alarm, review_case

    with opened_store(DataFolder(data, database)) as store:
        actor = operator(store)
        if answer is not None:
            if len(case) != 1 or state is None or reason is None:
                raise click.UsageError("--answer goes with one CASE, --state and --reason")
            answer_alarm(store, actor, (case[0], answer), state, reason)
        found = [review_case(store, actor, one) for one in case]
    if output is not None:
        _write(output, found)
    if as_json:
        documents = [as_document(one) for one in found]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
    elif output is None:
        for one in found:
            click.echo(as_text(one))


def _list_rules(as_json: bool) -> None:
    from pipelines.intelligence.review.rule import rules

    if as_json:
        from serving.api.reviews.wire import RuleShown

        click.echo(json.dumps([RuleShown.of(rule).model_dump(mode="json") for rule in rules()], ensure_ascii=False))
        return
    for rule in rules():
        rests = "；".join((*rule.citations, rule.basis)).strip("；")
        click.echo(f"{rule.id}\t{rule.severity}\t{rule.title}\t{rests}\t{'、'.join(rule.needs)}")


def as_document(one: Reviewed) -> JsonObject:
    """A reviewed case for programs."""
    from serving.api.reviews.wire import ReviewShown

    return ReviewShown.of(one).model_dump(mode="json")


def as_text(one: Reviewed) -> str:
    """A reviewed case for people."""
    from pipelines.intelligence.review.board import SEVERITIES, STATES

    lines = [f"{one.case.name}  {len(one.entries)} 项预警，{one.found.rules} 条规则（机器提示，由人核实）"]
    for entry in one.entries:
        alarm, place = entry.alarm, entry.alarm.place
        where = f"第{place.page}页" if place.page is not None else f"{place.second or 0:.1f}秒"
        lines.append(f"{alarm.id} [{SEVERITIES[alarm.severity]}·{STATES[entry.state]}] {alarm.rule} {alarm.title}")
        lines.append(f"    {alarm.explanation} （{place.record} {where}）")
        lines.append(f"    {_rests(alarm.statutes, alarm.basis)}")
    lines.append(f"未能检查：{len(one.found.unchecked)} 条规则")
    lines += [f"    {gap.rule} {gap.title}：缺少 {'；'.join(gap.missing)}" for gap in one.found.unchecked]
    return "\n".join(lines)


def _rests(statutes: Sequence[str], basis: str) -> str:
    return "依据：" + "；".join((*statutes, basis)).strip("；")


def _write(output: Path, found: Sequence[Reviewed]) -> None:
    from pipelines.intelligence.review.board import as_csv, as_xlsx

    entries = [entry for one in found for entry in one.entries]
    output.write_bytes(as_xlsx(entries) if output.suffix == ".xlsx" else as_csv(entries))
    click.echo(f"{len(entries)} alarms written to {output}", err=True)
