"""The case that stored records make up, for review; knows their kinds and no database.

Scans are volumes, 笔录 are papers, lists of differences count for the recording that their 笔录 has. Other kinds say
nothing here. A signed 笔录 may also be scanned: then it is one paper twice, and rules take equal times for a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cases.codec import from_json
from cases.conversation import KINDS, conversation_of
from cases.discrepancy import DiscrepancyList
from cases.records import ScanRecord
from cases.versions import RecordVersion
from pipelines.intelligence.review.casefile import CaseFile, Paper
from pipelines.intelligence.review.conversations import conversation_paper, with_differences
from pipelines.intelligence.review.papers import ScannedVolume, casefile_of

READ_KINDS = frozenset({"scan", "compare", *KINDS})
"""Kinds of records that review reads."""


def casefile_of_records(records: Iterable[RecordVersion]) -> CaseFile:
    """The case; raises BadInput where a record is not one of its kind."""
    volumes: list[ScannedVolume] = []
    talks: list[tuple[Paper, frozenset[str]]] = []
    lists: list[DiscrepancyList] = []
    for one in records:
        if one.kind == "scan":
            scan = from_json(ScanRecord, one.body)
            volumes.append(ScannedVolume(one.record_id, scan.pages, scan.documents, scan.findings))
        elif one.kind in KINDS:
            record = conversation_of(one.kind, one.body)
            media = frozenset(media.sha256 for media in record.media)
            talks.append((conversation_paper(one.record_id, record), media))
        elif one.kind == "compare":
            lists.append(from_json(DiscrepancyList, one.body))
    papers = []
    for paper, media in talks:
        found = next((one for one in lists if one.recording_sha256 in media), None)
        papers.append(paper if found is None else replace(paper, facts=with_differences(paper, found)))
    return casefile_of(volumes, papers)
