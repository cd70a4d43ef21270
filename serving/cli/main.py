"""The program `anjuan`: finds the command, loads only that one, and turns errors into one line and an exit code.

Exit codes: 0 done, 1 failed, 2 bad usage or input. What a command answers goes to stdout, everything else to stderr.
This module must stay cheap to import: a shell completes and prints help without loading a model or a web server.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import click

from models.errors import AnjuanError, BadInput

COMMANDS: dict[str, str] = {
    "serve": "serving.cli.serve:serve",
    "transcribe": "serving.cli.transcribe:transcribe",
    "scan": "serving.cli.scan:scan",
    "traffic": "serving.cli.traffic:traffic",
    "plate": "serving.cli.plate:plate",
    "compare": "serving.cli.compare:compare",
    "search": "serving.cli.search:search",
    "corpus": "serving.cli.corpus:corpus",
    "similar": "serving.cli.similar:similar",
    "sentence": "serving.cli.sentence:sentence",
    "review": "serving.cli.review:review",
    "bench": "serving.cli.bench:bench",
    "models": "serving.cli.models:models",
    "keys": "serving.cli.keys:keys",
    "users": "serving.cli.users:users",
    "voiceprints": "serving.cli.voiceprints:voiceprints",
    "cases": "serving.cli.cases:cases",
    "jobs": "serving.cli.jobs:jobs",
    "verify": "serving.cli.verify:verify",
}
"""Command name -> where its click command is."""

SUMMARIES: dict[str, str] = {
    "serve": "Run the service: gateway, models, worker, console.",
    "transcribe": "Write down recordings.",
    "scan": "Read scans and PDFs.",
    "traffic": "Count traffic in a video.",
    "plate": "Read number plates in pictures.",
    "compare": "List where a 笔录 and its recording differ.",
    "search": "Search transcripts, 笔录, case files, events and statutes.",
    "corpus": "Import judgments and statutes.",
    "similar": "Find similar cases in a file of judgments.",
    "sentence": "Say what terms were given in cases like these.",
    "review": "Hold cases against the rules of supervision.",
    "bench": "Measure against benchmarks and peers.",
    "models": "List, fetch and check model weights.",
    "keys": "Make, list and revoke API keys.",
    "users": "Make and list accounts, set passwords.",
    "voiceprints": "Show, enrol and delete staff voiceprints.",
    "cases": "List cases.",
    "jobs": "List, show and cancel jobs.",
    "verify": "Check every digest and audit chain.",
}
"""What `anjuan --help` says of each, so that help loads no command."""

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        return cast(click.Command, getattr(import_module(module), attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in COMMANDS])


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from pipelines.lines import code_version

    click.echo(f"anjuan {code_version()}")
    ctx.exit()


@click.group(name="anjuan", cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
@click.option("-v", "--verbose", is_flag=True, help="Tell more on stderr, and show tracebacks.")
def anjuan(verbose: bool) -> None:
    """Anjuan: speech, case files and traffic into one audited case store."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )


def _say(message: str) -> None:
    click.echo(f"anjuan: {message}", err=True)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; the process border where every error ends."""
    verbose = bool(arguments) and arguments[0] in ("-v", "--verbose")
    try:
        code = anjuan.main(args=list(arguments), prog_name="anjuan", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return BAD_INPUT
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        _say("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: write nothing more, also not when the interpreter flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except AnjuanError as error:
        _say(error.message)
        if verbose:
            logging.getLogger(__name__).exception("%s", error.code)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    except Exception as error:
        logging.getLogger(__name__).log(
            logging.ERROR if verbose else logging.DEBUG, "unexpected error", exc_info=verbose
        )
        _say(f"unexpected {type(error).__name__}: {error}; run `anjuan -v ...` for the traceback, and report it")
        return FAILED
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
