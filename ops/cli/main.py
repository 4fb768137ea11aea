"""The command line put together; errors become sentences and exit statuses here, and nowhere else.

Exit status: 0 done, 1 refused, 64 wrong usage; `verify` (formats.md section 9) and `comply` have their own.
"""

from __future__ import annotations

import sys

import typer

from domain.errors import Fault

from . import (
    access,
    acting,
    backfill,
    calendars,
    complying,
    custody,
    log,
    looking,
    papers,
    proving,
    rulebooks,
    service,
    setting_up,
    signing,
    supposing,
    vault,
    vault_keys,
    vault_rechecking,
)
from .console import EXIT_FAULT, EXIT_USAGE, err, report_fault, unusable
from .usage import told

# wrong usage of any kind; typer itself names only this one child of it
UsageError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="anjuan",
    help="案卷：行政投诉案件的可证档案。每个行为由经办人员签名，不可改动，任何人可离线核验。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(setting_up.init)
app.add_typer(setting_up.keys_app, name="key")
app.command("enrol")(setting_up.enrol_)
app.command("revoke")(setting_up.revoke)
app.command("capacities")(setting_up.capacities)
app.command("recuse")(setting_up.recuse)
app.command("deputise")(setting_up.deputise)
app.command("officers")(setting_up.officers)
app.command("token")(access.token)
app.command("actions")(looking.actions)
app.command("open")(acting.open_)
app.add_typer(log.app, name="log")
app.command("attach")(papers.attach)
app.command("draft")(acting.draft)
app.command("sign")(signing.sign)
app.command("submit")(signing.submit)
app.command("act")(acting.act)
app.command("backfill")(backfill.backfill)
app.command("timeline")(looking.timeline)
app.command("deadlines")(looking.deadlines)
app.command("comply")(complying.comply)
app.command("service")(service.service)
app.command("docket")(looking.docket)
app.command("whatif")(supposing.whatif)
app.add_typer(calendars.app, name="calendar")
app.add_typer(rulebooks.app, name="rulebook")
for name, command in custody.COMMANDS.items():
    vault.app.command(name)(command)
app.add_typer(vault.app, name="vault")
vault.app.command("rotate")(vault_keys.rotate)
vault.app.command("copy-keys")(vault_keys.copy_keys)
vault.app.command("check-keys")(vault_keys.check_keys)
vault.app.command("recheck")(vault_rechecking.recheck)
app.command("export")(proving.export)
app.command("verify")(proving.verify)
app.command("rebuild")(proving.rebuild)
app.command("serve")(proving.serve)


def run(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its exit status."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name on disk may be no text at all
    sys.exit(status(arguments if arguments is not None else sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    try:
        code = app(arguments, standalone_mode=False)
    except Fault as fault:
        report_fault(fault, as_json="--json" in arguments)
        return EXIT_FAULT
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            err.print(error.format_message())
            return EXIT_USAGE
        err.print(f"用法有误：{told(error.format_message())}")
        err.print("请用 anjuan --help 或 anjuan 命令 --help 查看用法。")
        return EXIT_USAGE
    except typer.Exit as leave:
        return leave.exit_code
    except typer.Abort:
        err.print("已取消。")
        return EXIT_FAULT
    except BrokenPipeError:
        return EXIT_FAULT
    except OSError as error:  # a path that a person gave: not there, not theirs, the disk full
        report_fault(unusable(error), as_json="--json" in arguments)
        return EXIT_FAULT
    return code if isinstance(code, int) else 0
