"""How fast a scan becomes a searchable PDF, beside OCRmyPDF with Tesseract's Chinese: seconds, and errors in the text.

`python -m benchmarks.speed.searchable_peer --seeds 1000 --ocrmypdf VENV/bin/ocrmypdf` makes a volume a seed, clean
and degraded, cuts it to `--pages`, and lets `anjuan scan -o` and OCRmyPDF write a PDF of it, one after the other, each
on so many threads. Processor seconds are those of the process and its children, loading of models included. The text
is taken out of both PDFs with pdfium and compared as in `benchmarks/accuracy/files.py`. OCRmyPDF is left out by name
where it or Tesseract's `chi_sim` is missing.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2

from benchmarks.accuracy.files import SCANS, edits
from benchmarks.volumes.make import write_scan

LONGEST_S: Final = 1800
"""Seconds that one engine may take for one file."""
SOURCE: Final = "SOURCE"
WRITTEN: Final = "WRITTEN"
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Made:
    """What an engine took for one file, and the errors in the text of its PDF."""

    clock_s: float
    processor_s: float
    edits: int
    characters: int


def timed(command: Sequence[str], threads: int) -> tuple[float, float]:
    """Seconds by the clock and of the processor that a command took; raises CalledProcessError when it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_THREAD_LIMIT": str(threads)}
    environment["PYTHONPATH"] = str(ROOT)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cores = sorted(os.sched_getaffinity(0))[:threads]
    subprocess.run(
        command,
        check=True,
        timeout=LONGEST_S,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, spent


def errors(file: Path, truth: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """Edits and characters over all pages."""
    with pypdfium2.PdfDocument(file) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    counted = [edits(lines, text) for lines, text in zip(truth, texts, strict=True)]
    return sum(wrong for wrong, _ in counted), sum(characters for _, characters in counted)


def commands(ocrmypdf: str | None, threads: int) -> dict[str, list[str]]:
    """The engines that are here, each with its command; SOURCE and WRITTEN stand for the two files."""
    found = {"ours": [sys.executable, "-m", "serving.cli.main", "scan", SOURCE, "-o", WRITTEN]}
    if ocrmypdf is None or not has_chinese():
        print("OCRmyPDF is left out: no --ocrmypdf, or no Tesseract with chi_sim", file=sys.stderr)
        return found
    told = ["-l", "chi_sim", "--jobs", str(threads), "--output-type", "pdf", "--quiet"]
    return {**found, "ocrmypdf": [ocrmypdf, *told, SOURCE, WRITTEN]}


def has_chinese() -> bool:
    """Whether Tesseract is here with simplified Chinese."""
    if (program := shutil.which("tesseract")) is None:
        return False
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=60, check=False)
    return "chi_sim" in told.stdout.split()


def table(made: Mapping[str, Sequence[Made]], pages: int) -> str:
    """A row an engine; ratios are above 1 where ours is faster."""
    rows = [f"{'engine':<10} {'pages/s':>8} {'clock s':>8} {'cpu s':>8} {'ours faster':>11} {'by cpu':>7} {'CER %':>6}"]
    ours = [sum(one.clock_s for one in made["ours"]), sum(one.processor_s for one in made["ours"])]
    for name, files in made.items():
        clock, cpu = sum(one.clock_s for one in files), sum(one.processor_s for one in files)
        rate = sum(one.edits for one in files) / max(1, sum(one.characters for one in files))
        rows.append(
            f"{name:<10} {pages / clock:>8.3f} {clock:>8.1f} {cpu:>8.1f} {clock / ours[0]:>11.2f} {cpu / ours[1]:>7.2f}"
            f" {100 * rate:>6.2f}"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table for clean scans and one for degraded ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--pages", type=int, default=8, help="pages of each volume (default 8)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--ocrmypdf", help="the program of OCRmyPDF")
    options = parser.parse_args(arguments)
    engines = commands(options.ocrmypdf, options.threads)
    for scan in SCANS:
        made: dict[str, list[Made]] = {name: [] for name in engines}
        pages = 0
        with tempfile.TemporaryDirectory(prefix="anjuan-race-") as name:
            source, written = Path(name) / "scan.pdf", Path(name) / "searchable.pdf"
            for seed in options.seeds:
                truth = write_scan(seed, scan, options.pages, source)
                pages += len(truth)
                for engine, command in engines.items():
                    files = {SOURCE: str(source), WRITTEN: str(written)}
                    taken = timed([files.get(word, word) for word in command], options.threads)
                    made[engine].append(Made(*taken, *errors(written, truth)))
                    written.unlink()
        print(f"{scan}: {pages} pages, {options.threads} threads, load average {os.getloadavg()[0]:.1f}")
        print(table(made, pages), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
