"""What a release changed, as data: https://vocab.org/changeset/ and https://www.w3.org/TR/prov-o/

Comes in: a release that is kept. Goes out: a `Document`: the set of changes with its numbers, the files that hold all
of them, and page by page each statement that was added or removed, with the graph it stood in. The subject of the
changes is the whole, not one thing of it.
"""

from urllib.parse import quote

from tulieu.changes import ADDED, REMOVED, Change, Changes, read_changed_statements, read_changes
from tulieu.errors import NotFoundError
from tulieu.release import CHANGES_PART, Release
from tulieu.resources.describing import LICENCE, XSD, Pair, name, number, say
from tulieu.resources.documents import Document
from tulieu.resources.self_description import page_address, pages_beside
from tulieu.store import Iri, Literal, Statement
from tulieu.vocabulary import TL, Names

CHANGESET = "http://purl.org/vocab/changeset/schema#"
HYDRA = "http://www.w3.org/ns/hydra/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RELATIONS = {ADDED: "addition", REMOVED: "removal"}
_NOT_COMPARED = {
    "en": "This release was not compared with the one before: that one has other names, or could not be read.",
    "vi": "Bản phát hành này không được so với bản trước: bản trước dùng bộ định danh khác, hoặc không đọc được.",
}


def describe_changes(release: Release, public_url: str, page: int) -> Document:
    """Describe a page of what a release changed; raise NotFoundError where that was not written down."""
    changes = read_changes(release)
    if changes is None:
        raise NotFoundError(
            f"What release {release.id} changed is not recorded: it was built by software that did not keep it."
        )
    names = Names(release.base_iri)
    state = Iri(str(names.release(release.id)))
    node = Iri(f"{state.value}/changes")
    pages = max(1, -(-changes.total // CHANGES_PART))
    address = f"{public_url}{quote(f'release/{release.id}')}"
    statements = [
        Statement(node, name("rdf:type"), Iri(CHANGESET + "ChangeSet")),
        Statement(node, name("rdf:type"), Iri(HYDRA + "Collection")),
        Statement(node, Iri(CHANGESET + "subjectOfChange"), Iri(str(names.dataset))),
        Statement(node, Iri(CHANGESET + "createdDate"), Literal(release.created)),
        Statement(node, Iri(HYDRA + "totalItems"), number(changes.total)),
        *say(
            node,
            (
                ("dcterms:created", Literal(release.created, datatype=XSD + "dateTime")),
                ("dcterms:license", Iri(LICENCE)),
                ("dcterms:subject", state),
                ("rdfs:seeAlso", Iri(f"{address}/changes.json")),
            ),
        ),
    ]
    if changes.previous:
        before = Iri(str(names.release(changes.previous)))
        statements += say(state, (("prov:wasRevisionOf", before), ("dcterms:replaces", before)))
        statements.append(Statement(node, Iri(CHANGESET + "precedingChangeSet"), Iri(f"{before.value}/changes")))
        if not changes.is_compared:
            statements += say(node, (("rdfs:comment", Literal(text, each)) for each, text in _NOT_COMPARED.items()))
    if changes.is_compared:
        statements += _describe_files(node, changes, address)
    if pages > 1:
        view = page_address(f"{address}/changes", page)
        statements.append(Statement(node, Iri(HYDRA + "view"), Iri(view)))
        statements.append(Statement(Iri(view), name("rdf:type"), Iri(HYDRA + "PartialCollectionView")))
        for relation, beside in pages_beside(page, pages).items():
            target = Iri(page_address(f"{address}/changes", beside))
            statements.append(Statement(Iri(view), Iri(HYDRA + relation), target))
    if 1 <= page <= pages:
        for each in read_changed_statements(release, changes, (page - 1) * CHANGES_PART, CHANGES_PART):
            statements += _describe_change(node, each)
    order = {subject: place for place, subject in enumerate(dict.fromkeys(each.subject for each in statements))}
    in_order = sorted(statements, key=lambda each: order[each.subject])
    return Document(node.value, tuple(in_order), min(max(page, 1), pages), pages)


def _describe_files(node: Iri, changes: Changes, address: str) -> list[Statement]:
    """The two sets of statements: how large they are, and where each is as a whole."""
    statements = []
    for kind, side in ((ADDED, changes.added), (REMOVED, changes.removed)):
        part = Iri(f"{node.value}#{kind}")
        pairs: list[Pair] = [
            ("rdf:type", name("void:Dataset")),
            ("void:triples", number(side.statements)),
            ("void:dataDump", Iri(f"{address}/{kind}.nq.gz")),
        ]
        statements += [*say(node, [("dcterms:hasPart", part)]), *say(part, pairs)]
    return statements


def _describe_change(node: Iri, change: Change) -> list[Statement]:
    said = change.statement
    each = Iri(f"{node.value}#{change.kind}-{change.place}")
    described = [
        Statement(node, Iri(CHANGESET + _RELATIONS[change.kind]), each),
        Statement(each, Iri(RDF + "type"), Iri(RDF + "Statement")),
        Statement(each, Iri(RDF + "subject"), said.subject),
        Statement(each, Iri(RDF + "predicate"), said.predicate),
        Statement(each, Iri(RDF + "object"), said.object),
    ]
    return [*described, Statement(each, Iri(str(TL.attestedIn)), said.graph)] if said.graph else described
