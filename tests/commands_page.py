"""The page docs/commands.md, made from the commands and settings themselves; `make docs` writes it, a test compares.

Comes in: the command's own help and the table of settings. Goes out: the page as text.
"""

import sys
from collections.abc import Iterator

import click

from tulieu.cli import commands
from tulieu.settings import SETTINGS

_HEAD = """\
# Commands and settings

This page is made by `make docs` from the program itself; change the help texts there.
Exit codes, standard output and standard error are the same for all commands: only the result goes to standard output.
"""
_SETTINGS_HEAD = """\
## Settings

Each is an environment variable; an option of a command comes before it.
A variable that begins with `TULIEU_` and is not in this table stops the start.

| variable | default | meaning |
| --- | --- | --- |
"""
_WIDTH = 100


def walk(group: click.Group, way: tuple[str, ...] = ("tulieu",)) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that call it."""
    for name, command in group.commands.items():
        yield (*way, name), command
        if isinstance(command, click.Group):
            yield from walk(command, (*way, name))


def render_commands_page() -> str:
    """Write the whole page."""
    sections = [_HEAD]
    rows = [_SETTINGS_HEAD]
    for way, command in ((("tulieu",), commands), *walk(commands)):
        context = click.Context(command, info_name=" ".join(way), max_content_width=_WIDTH, terminal_width=_WIDTH)
        lines = [line.rstrip() for line in command.get_help(context).splitlines()]
        sections.append(f"## {' '.join(way)}\n\n```text\n" + "\n".join(lines) + "\n```\n")
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "empty"
        rows.append(f"| `{setting.env}` | {default} | {setting.help} |\n")
    sections.append("".join(rows))
    return "\n".join(sections)


if __name__ == "__main__":
    sys.stdout.write(render_commands_page())
