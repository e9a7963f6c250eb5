"""What a reader may type to find a thing: the rows of the search index.

Comes in: the merged graph that a plain query sees. Goes out: a SQLite file with one FTS5 table,
`labels(iri, kind, language, label, folded)`, one row for each name of each thing of ours: its labels, the forms of its
name in the sources, the number and subject line of a document, the headline of an article. `kind` is the IRI of its
most specific class; `folded` is what is searched: the words of the name, and for a document's number also its figures
without the noughts before them, so that it is found in any spelling and order of its parts (`01-KL/TW`, `kl 1`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from tulieu.folding import read_words
from tulieu.vocabulary import TL, Names

_NAMING = (
    RDFS.label,
    SKOS.prefLabel,
    SKOS.altLabel,
    SKOS.hiddenLabel,
    TL.form,
    TL.headline,
    TL.documentNumber,
    TL.subjectLine,
)
_TABLE = "CREATE VIRTUAL TABLE labels USING fts5(iri UNINDEXED, kind UNINDEXED, language UNINDEXED, label, folded)"

Row = tuple[str, str, str, str, str]


def write_index(path: Path, merged: Graph, names: Names) -> None:
    """Write the search index; the same graph gives the same rows in the same order."""
    rows = sorted(set(index_rows(merged, names)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(_TABLE)
        connection.executemany("INSERT INTO labels VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()


def index_rows(merged: Graph, names: Names) -> Iterator[Row]:
    """Give a row for each name of each thing, article and term of ours."""
    kinds: dict[Node, str] = {}
    # Nobody is to look for what is described no longer.
    withdrawn = set(merged.subjects(TL.withdrawnBecause))
    for predicate in _NAMING:
        for subject, label in merged.subject_objects(predicate):
            if not isinstance(label, Literal):
                continue
            # The form of a name leads to the thing that bears it, not to the node of the form.
            named = merged.objects(subject, TL.isNameFormOf) if predicate == TL.form else (subject,)
            for thing in named:
                if isinstance(thing, URIRef) and names.is_ours(thing) and thing not in withdrawn:
                    if thing not in kinds:
                        kinds[thing] = _kind(thing, merged)
                    words = read_words(label)
                    if predicate == TL.documentNumber:
                        words += [word.lstrip("0") for word in words if word.startswith("0") and word.strip("0")]
                    yield str(thing), kinds[thing], label.language or "", str(label), " ".join(words)


def _kind(thing: Node, merged: Graph) -> str:
    classes = {kind for kind in merged.objects(thing, RDF.type) if isinstance(kind, URIRef)}
    wider = {parent for kind in classes for parent in merged.objects(kind, RDFS.subClassOf) if parent != kind}
    own = sorted(classes - wider, key=lambda kind: (kind not in TL._NS, kind))
    return str(own[0]) if own else ""
