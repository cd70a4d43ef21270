"""A growth curve as SVG: build time, size and latency against the number of documents, both axes by decades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, EDGE = 760, 420, 60
COLOURS = ("#0b5cad", "#b3541e", "#2a7d46", "#7a3e9d", "#555555", "#b00020")


def growth_curve(rows: Sequence[Mapping[str, Any]]) -> str:
    """The drawing of a benchmark's rows."""
    lines = {
        "build, processor s": [float(row["build_cpu_s"]) for row in rows],
        "size, MiB": [float(row["size_mib"]) for row in rows],
        "all cases: common word, p95 processor ms": [
            float(row["everything"]["common word"]["cpu_p95"]) for row in rows
        ],
        "all cases: boolean, p95 processor ms": [float(row["everything"]["boolean"]["cpu_p95"]) for row in rows],
        "all cases: phrase, p95 processor ms": [float(row["everything"]["phrase"]["cpu_p95"]) for row in rows],
        "50 cases: boolean, p95 processor ms": [float(row["member"]["boolean"]["cpu_p95"]) for row in rows],
    }
    sizes = [float(row["documents"]) for row in rows]
    values = [value for line in lines.values() for value in line]
    x = _scale(min(sizes), max(sizes), EDGE, WIDTH - 260)
    y = _scale(min(values), max(values), HEIGHT - EDGE, EDGE)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">']
    parts.append('<rect width="100%" height="100%" fill="white"/>')
    for size in sizes:
        parts.append(f'<text x="{x(size):.0f}" y="{HEIGHT - 30}" font-size="11" text-anchor="middle">{size:.0f}</text>')
    for power in range(math.floor(math.log10(max(min(values), 0.1))), math.ceil(math.log10(max(values))) + 1):
        at = y(10.0**power)
        if EDGE - 1 <= at <= HEIGHT - EDGE + 1:
            parts.append(f'<line x1="{EDGE}" x2="{WIDTH - 260}" y1="{at:.0f}" y2="{at:.0f}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{EDGE - 8}" y="{at + 4:.0f}" font-size="11" text-anchor="end">{10.0**power:g}</text>'
            )
    for (name, line), colour in zip(lines.items(), COLOURS, strict=True):
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in zip(sizes, line, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{WIDTH - 252}" y="{y(line[-1]) + 4:.0f}" font-size="11" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{EDGE}" y="{HEIGHT - 10}" font-size="12">documents</text></svg>')
    return "\n".join(parts)


def _scale(low: float, high: float, first: float, last: float):  # type: ignore[no-untyped-def]
    least, most = math.log10(max(low, 0.1)), math.log10(max(high, 0.2))
    return lambda value: first + (last - first) * (math.log10(max(value, 0.1)) - least) / max(most - least, 1e-9)
