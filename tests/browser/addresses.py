"""Which pages there are to look at: one address or more for every rule that the server has, and a thing of each kind.

Comes in: a running site. Goes out: paths below its address.
"""

from .conftest import Site

ARTICLE = "article/ttxvn-lai-chau-1"
PASSAGE = "passage/ttxvn-lai-chau-1/p08.s3"
CONFERENCE = "doc/event-hoi-nghi-so-ket-01-kl-tw-lai-chau"
DOCUMENT = "doc/document-01-kl-tw-2021-05-18"
SPEAKER = "doc/person-le-van-luong"
ORGAN = "doc/organ-ubnd-tinh-lai-chau"
MODELS = "doc/figure-ttxvn-lai-chau-1-mo-hinh"
MISSING = "nothing-of-this-name"
# The addresses of a page that is no document, by its rule in `views.PAGES`.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("",),
    "/browse": ("browse",),
    "/browse/<name>": ("browse/Person", "browse/Organ", "browse/Document", "browse/Person?q=zzzz"),
    "/search": ("search?q=le+duc+duc", "search", "search?q=zzzz"),
    "/timeline": ("timeline", "timeline?from=2023&to=2023"),
    "/organs": ("organs",),
    "/documents": ("documents",),
    "/figures": ("figures",),
    "/glossary": ("glossary",),
    "/cite": (f"cite?of={SPEAKER}", "cite"),
    "/basket": ("basket",),
    "/releases": ("releases",),
    "/tables": ("tables",),
    "/about": ("about",),
    "/quality": ("quality",),
    "/quality/<name>": ("quality/open-points",),
    "/policy": ("policy",),
}
# The addresses of documents, by the first part of their path in `views.DOCUMENT_PAGES`.
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "doc/": (CONFERENCE, DOCUMENT, SPEAKER, ORGAN, MODELS),
    "article/": (ARTICLE,),
    "passage/": (PASSAGE,),
    "note/": ("note/ttxvn-lai-chau-1/conference-year",),
    "graph/": ("graph/authority", "graph/inferred"),
    "ontology": ("ontology",),
    "dataset": ("dataset",),
    "shapes": ("shapes",),
}
UNREADABLE = "sparql?query=SELECT+oops"
QUERIES = ("sparql", "sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+20", UNREADABLE)
# Pages that say what went wrong, and the status that they come with.
STATUS = {MISSING: 404, UNREADABLE: 400}


def kinds_of_page(site: Site) -> list[str]:
    """One address for each rule of the server."""
    firsts = (paths[0] for paths in (*PAGES.values(), *DOCUMENTS.values()))
    return [*firsts, QUERIES[1], f"release/{site.release_id}", f"release/{site.release_id}/changes", MISSING]


def pages(site: Site) -> list[str]:
    """Every kind of page, with its empty and its faulty answers."""
    groups = (*PAGES.values(), *DOCUMENTS.values(), QUERIES)
    return list(dict.fromkeys([*kinds_of_page(site), *(path for group in groups for path in group)]))


def things(site: Site) -> list[str]:
    """A thing of each kind: they share one page, which their shapes fill."""
    return [thing.replace("id/", "doc/", 1) for thing in site.examples.values()]
