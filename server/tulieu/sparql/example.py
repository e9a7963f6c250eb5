"""The example queries: files with their title in both languages on the first two lines.

Comes in: the `.rq` files of the folder `examples`. Goes out: them, in the order of their file names. The first line is
`# vi: …`, the second `# en: …`; what follows is the query as a reader sees and runs it.
"""

from dataclasses import dataclass
from importlib.resources import files

from tulieu.errors import KnowledgeError, Problem


@dataclass(frozen=True)
class Example:
    """One example query, with its title in each language."""

    name: str
    titles: tuple[tuple[str, str], ...]
    query: str

    def title(self, language: str) -> str:
        """The title in a language."""
        return dict(self.titles)[language]


def load_examples() -> tuple[Example, ...]:
    """Read the example queries that travel with the package."""
    folder = files("tulieu.sparql") / "examples"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".rq")), key=lambda each: each.name)
    return tuple(_read(each.name, each.read_text(encoding="utf-8")) for each in found)


def _read(name: str, text: str) -> Example:
    lines = text.split("\n")
    if len(lines) < 3 or not lines[0].startswith("# vi: ") or not lines[1].startswith("# en: "):
        raise KnowledgeError(
            [Problem(name, 1, "the first two lines must be '# vi: …' and '# en: …', the title of the query.")]
        )
    titles = (("vi", lines[0].removeprefix("# vi: ")), ("en", lines[1].removeprefix("# en: ")))
    return Example(name.removesuffix(".rq"), titles, "\n".join(lines[2:]).strip() + "\n")
