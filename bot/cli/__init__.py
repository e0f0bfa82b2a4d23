"""The command `linli`. Each command imports what it needs only when it runs, so that `--help` answers at once."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.messages import CommandFault, help_text, one_line, say

app = typer.Typer(
    help=help_text("app"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
policy_app = typer.Typer(help=help_text("policy"), no_args_is_help=True, rich_markup_mode=None)
app.add_typer(policy_app, name="policy")

LEDGERS = ("complaints", "follow-ups", "questions", "services", "activities", "sessions", "sign-ups", "doses")
DAYS = ["%Y-%m-%d"]


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the command."""

    config: Path
    db: str | None
    debug: bool


@app.callback()
def common(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help=help_text("config"))] = Path("config.yaml"),
    db: Annotated[str | None, typer.Option(help=help_text("db"))] = None,
    debug: Annotated[bool, typer.Option("--debug", help=help_text("debug"))] = False,
) -> None:
    from bot.cli.logs import configure_logs  # noqa: PLC0415 - `--help` does not come here

    configure_logs()  # to stderr, without local variables: stdout carries results only
    context.obj = Options(config, db, debug)


@app.command(help=help_text("run"))
def run(context: typer.Context) -> None:
    from bot.cli.serving import serve  # noqa: PLC0415

    serve(context.obj)


@app.command(help=help_text("demo"))
def demo(
    context: typer.Context,
    wechaty: Annotated[bool, typer.Option("--wechaty", help=help_text("demo_wechaty"))] = False,
    port: Annotated[int | None, typer.Option(help=help_text("port"))] = None,
) -> None:
    from bot.cli.demo import demonstrate  # noqa: PLC0415

    demonstrate(context.obj, wechaty=wechaty, port=port)


@app.command(help=help_text("classify"))
def classify(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=help_text("json"))] = False
) -> None:
    from bot.cli.classify import classify_lines  # noqa: PLC0415

    classify_lines(context.obj)


@app.command(help=help_text("replay"))
def replay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("file"))],
    trace: Annotated[bool, typer.Option("--trace", help=help_text("trace"))] = False,
    rhythms: Annotated[bool, typer.Option("--rhythms", help=help_text("rhythms"))] = False,
) -> None:
    from bot.cli.replay import replay_file  # noqa: PLC0415

    replay_file(context.obj, file, trace=trace, rhythms=rhythms)


@app.command(help=help_text("export"))
def export(
    context: typer.Context,
    ledger: Annotated[str, typer.Argument(help=help_text("ledger"))],
    to: Annotated[Path, typer.Option("--to", help=help_text("to"))],
    first: Annotated[datetime | None, typer.Option("--from", formats=DAYS, help=help_text("from"))] = None,
    last: Annotated[datetime | None, typer.Option("--until", formats=DAYS, help=help_text("until"))] = None,
) -> None:
    from bot.cli.export import Days, export_ledger  # noqa: PLC0415

    if ledger not in LEDGERS:
        raise CommandFault("not_yet", what=f"export {ledger}")
    export_ledger(context.obj, ledger, to, Days(first.date() if first else None, last.date() if last else None))


@app.command(help=help_text("migrate"))
def migrate(context: typer.Context) -> None:
    from bot.cli.database import migrate_database  # noqa: PLC0415

    migrate_database(context.obj)


@app.command(help=help_text("backup"))
def backup(context: typer.Context, file: Annotated[Path, typer.Argument(help=help_text("file"))]) -> None:
    from bot.cli.database import backup_database  # noqa: PLC0415

    backup_database(context.obj, file)


@app.command(help=help_text("restore"))
def restore(context: typer.Context, file: Annotated[Path, typer.Argument(help=help_text("file"))]) -> None:
    from bot.cli.database import restore_database  # noqa: PLC0415

    restore_database(context.obj, file)


@app.command(help=help_text("recover"))
def recover(
    context: typer.Context, name: Annotated[str | None, typer.Argument(help=help_text("staff_name"))] = None
) -> None:
    from bot.cli.recovery import print_code  # noqa: PLC0415

    print_code(context.obj, name)


@app.command(help=help_text("doctor"))
def doctor(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=help_text("json"))] = False
) -> None:
    from bot.cli.doctor import examine  # noqa: PLC0415

    examine(context.obj, as_json=as_json)


_ANY_ARGUMENTS = {"ignore_unknown_options": True, "allow_extra_args": True}


@app.command(help=help_text("ask"))
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help=help_text("question"))] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=100, help=help_text("top"))] = 5,
    batch: Annotated[Path | None, typer.Option("--batch", help=help_text("batch"))] = None,
) -> None:
    from bot.cli.ask import answer_questions  # noqa: PLC0415

    if (question is None) == (batch is None):
        raise typer.BadParameter(help_text("ask_one"))
    answer_questions(context.obj, question, batch, top)


@policy_app.command("import", help=help_text("policy_import"))
def policy_import(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help=help_text("policy_files"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("dry_run"))] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help=help_text("all_or_nothing"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=help_text("json"))] = False,
) -> None:
    from bot.cli.policy import Wishes, import_policies  # noqa: PLC0415

    import_policies(context.obj, paths, Wishes(dry_run, all_or_nothing, as_json))


@policy_app.command("template", help=help_text("policy_template"))
def policy_template(file: Annotated[Path, typer.Argument(help=help_text("to"))]) -> None:
    from bot.cli.policy import template  # noqa: PLC0415

    template(file)


@app.command(help=help_text("calendar"))
def calendar(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help=help_text("year"))],
    as_json: Annotated[bool, typer.Option("--json", help=help_text("json"))] = False,
) -> None:
    from bot.cli.calendar import print_calendar  # noqa: PLC0415

    print_calendar(context.obj, year, as_json=as_json)


@app.command(name="check-in", help=help_text("check_in"))
def check_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("check_in_file"))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("dry_run"))] = False,
) -> None:
    from bot.cli.check_in import check_in as enter  # noqa: PLC0415

    enter(context.obj, file, dry_run=dry_run)


@app.command(help=help_text("report"), context_settings=_ANY_ARGUMENTS)
def report() -> None:
    raise CommandFault("not_yet", what="report")


def main() -> None:
    """Entry point. Whatever goes wrong is one line on stderr and exit 1; `--debug` shows it all."""
    if "--debug" in sys.argv:
        app()
        return
    try:
        app()
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
    except Exception as fault:
        print(one_line(fault), file=sys.stderr)  # noqa: T201
        sys.exit(1)
