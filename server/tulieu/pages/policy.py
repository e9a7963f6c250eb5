"""What the archive is, and what it holds to: its coverage, people, corrections, rights, and what is kept of readers.

Comes in: a release, what the operator has set. Goes out: the frozen contexts of `/about` and `/policy`. What is said to
be held on people is not promised but counted: the properties that statements on persons have in this release.
"""

from dataclasses import dataclass

from tulieu.pages.archive import Archive
from tulieu.pages.coverage import Coverage, make_coverage
from tulieu.pages.feedback import Feedback
from tulieu.pages.knowledge import sparql_of, text_of
from tulieu.pages.labels import Text
from tulieu.pages.shapes import node_shapes, read_shapes
from tulieu.pages.terms import OURS
from tulieu.pages.values import Value, Values, show_count
from tulieu.store import Iri, Row

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PERSON = Iri(OURS + "Person")


@dataclass(frozen=True)
class Held:
    """One property of statements on persons: how many persons have it, in how many statements."""

    property: Value
    persons: str
    statements: str


@dataclass(frozen=True)
class AboutPage:
    """What this archive is, and what it covers."""

    title: Text
    coverage: Coverage


@dataclass(frozen=True)
class PolicyPage:
    """What is held on people, how it is corrected, whose rights there are, what is kept of readers."""

    title: Text
    person_count: str
    held_of: tuple[Held, ...]
    held_to: tuple[Held, ...]
    unused: tuple[Value, ...]
    query: str
    contact: str
    feedback_href: str
    licence: Value


def make_about_page(archive: Archive, values: Values) -> AboutPage:
    """Gather the page on what the archive is."""
    return AboutPage(Text(values.wording("about.title"), values.language), make_coverage(archive, values))


def make_policy_page(archive: Archive, contact: str, feedback: str, values: Values) -> PolicyPage:
    """Gather the policy of a release under an operator."""
    rows = [row for row in archive.knowledge.once("held-on-persons") if "property" in row]
    persons = {text_of(row["class"]): int(text_of(row["count"])) for row in archive.knowledge.once("kinds")}
    title = Text(values.wording("policy.title"), values.language)
    page = f"{values.links.public_url}policy"
    return PolicyPage(
        title=title,
        person_count=show_count(persons.get(_PERSON.value, 0), values.language),
        held_of=tuple(_held(archive, row, values) for row in rows if text_of(row["direction"]) == "of"),
        held_to=tuple(_held(archive, row, values) for row in rows if text_of(row["direction"]) == "to"),
        unused=_unused(archive, {text_of(row["property"]) for row in rows}, values),
        query=sparql_of("held-on-persons", names=archive.names),
        contact=contact,
        feedback_href=Feedback(feedback, title.words, page, archive.release.id, values.language).href,
        licence=Value(Text("CC BY 4.0", ""), _LICENCE, _LICENCE, is_external=True),
    )


def _held(archive: Archive, row: Row, values: Values) -> Held:
    iri = text_of(row["property"])
    return Held(
        property=Value(archive.statements.property_name(iri, values), _entry(iri, values), iri),
        persons=show_count(int(text_of(row["persons"])), values.language),
        statements=show_count(int(text_of(row["statements"])), values.language),
    )


def _entry(iri: str, values: Values) -> str:
    return values.links.page(iri) if iri.startswith(OURS) else ""


def _unused(archive: Archive, used: set[str], values: Values) -> tuple[Value, ...]:
    """What the shapes of a person provide for, and no statement of this release has."""
    parts = read_shapes(archive.knowledge)
    rules = [
        rule
        for shape in node_shapes(parts)
        if _PERSON in parts[shape].get("targetClass", ())
        for rule in parts[shape].get("property", ())
    ]
    paths = [path for rule in rules for path in parts.get(rule, {}).get("path", ())]
    return tuple(values.show(path) for path in dict.fromkeys(paths) if isinstance(path, Iri) and path.value not in used)
