"""What stands around every page: title, navigation, the same page in the other language, the same thing as data.

Comes in: a page's context and its path. Goes out: a frozen `Frame` that the layout prints: ways through the archive at
the head, what it is and how it is kept at the foot, languages, and the addresses by which a page is cited and kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tulieu.formats import DOCUMENT_FORMATS, HTML
from tulieu.pages.error import ErrorPage
from tulieu.pages.feedback import Feedback
from tulieu.pages.labels import Text
from tulieu.pages.links import Links
from tulieu.pages.past import PastNote
from tulieu.pages.values import Values
from tulieu.pages.wording import LANGUAGES, Wording

# Documents have the same content as data; the other pages have not.
_DOCUMENTS = ("doc/", "article/", "passage/", "note/", "graph/", "release/", "ontology", "shapes", "dataset")
# Ways through the archive, at the head of every page.
NAVIGATION = (
    ("browse", "nav.browse"),
    ("timeline", "nav.timeline"),
    ("organs", "nav.organs"),
    ("documents", "nav.documents"),
    ("figures", "nav.figures"),
    ("glossary", "nav.glossary"),
    ("sparql", "nav.query"),
)
# What the archive is and how it is kept, at the foot.
ABOUT = (
    ("about", "nav.intro"),
    ("dataset", "nav.dataset"),
    ("ontology", "nav.ontology"),
    ("shapes", "nav.shapes"),
    ("releases", "nav.releases"),
    ("tables", "nav.tables"),
    ("quality", "nav.quality"),
    ("policy", "nav.policy"),
)


# The lists and overviews that can be cited, each with the key of its name; documents are cited by their own.
CITED_PAGES = {"": "site.name", "search": "cite.search", **dict((*NAVIGATION, *ABOUT))}
# No longer address is taken for the page that is to be cited.
LONGEST_CITED = 2000


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the navigation."""

    href: str
    label: str
    is_here: bool


@dataclass(frozen=True)
class DataLink:
    """The same document in an RDF format."""

    href: str
    media_type: str
    title: str


@dataclass(frozen=True)
class LanguageChoice:
    """This page in a language, of its interface or of its content."""

    language: str
    href: str
    label: str
    is_here: bool


@dataclass(frozen=True)
class Frame:
    """What the layout needs beside the page's own context."""

    language: str
    content: str
    title: str
    links: Links
    navigation: tuple[NavigationItem, ...]
    about: tuple[NavigationItem, ...]
    interface_languages: tuple[LanguageChoice, ...]
    content_languages: tuple[LanguageChoice, ...]
    alternates: tuple[tuple[str, str], ...]
    other_language: str
    other_language_href: str
    here: str
    local: str
    address: str
    cite_href: str
    basket_href: str
    data: tuple[DataLink, ...]
    structured: Mapping[str, object] | None
    release_id: str
    feedback: Feedback
    search_text: str
    past: PastNote | None


def make_frame(
    context: object,
    values: Values,
    path: str,
    parameters: Mapping[str, Sequence[str]],
    release_id: str,
    feedback: str,
    structured: Mapping[str, object] | None = None,
    past: PastNote | None = None,
) -> Frame:
    """Make the frame of a page from its context, its path below the public URL, and its parameters but languages."""
    title = getattr(context, "title", None)
    words = title.words if isinstance(title, Text) else ""
    other = next(language for language in LANGUAGES if language != values.language)
    # What was not found has no data either.
    is_document = _is_document(path) and not isinstance(context, ErrorPage)
    links = values.links
    plain = Links(links.public_url, links.names)
    here = plain.path(path, parameters)
    local = here.removeprefix(plain.path(""))
    content = {"content": links.chosen_content} if links.chosen_content else {}

    def navigate(entries: Sequence[tuple[str, str]]) -> tuple[NavigationItem, ...]:
        return tuple(
            NavigationItem(links.path(target), values.wording(key), path.split("/")[0] == target)
            for target, key in entries
        )

    def choose(name: str, current: str) -> tuple[LanguageChoice, ...]:
        return tuple(
            LanguageChoice(
                language,
                plain.path(path, {**parameters, **links.kept, name: language}),
                Wording(language)("language.name"),
                language == current,
            )
            for language in LANGUAGES
        )

    return Frame(
        language=values.language,
        content=values.content,
        title=words,
        links=links,
        navigation=navigate(NAVIGATION),
        about=navigate(ABOUT),
        interface_languages=choose("lang", values.language),
        content_languages=choose("content", values.content),
        alternates=(
            *((each, plain.absolute(path, {**parameters, **content, "lang": each})) for each in LANGUAGES),
            ("x-default", plain.absolute(path, {**parameters, **content})),
        ),
        other_language=other,
        other_language_href=plain.path(path, {**parameters, **links.kept, "lang": other}),
        here=here,
        local=local,
        address=plain.absolute(path, parameters),
        cite_href=links.path("cite", {"of": local}) if _can_be_cited(context, path, local) else "",
        basket_href=links.path("basket"),
        data=tuple(
            DataLink(f"{plain.path(path)}.{each.name}", each.media_type, each.title)
            for each in DOCUMENT_FORMATS
            if is_document and each is not HTML
        )
        or getattr(context, "data", ()),
        structured=structured,
        release_id=release_id,
        feedback=Feedback(feedback, words, f"{links.public_url}{path}", release_id, values.language),
        search_text=next(iter(parameters.get("q", ())), ""),
        past=past,
    )


def _can_be_cited(context: object, path: str, local: str) -> bool:
    """Whether a page is one that others may want to find again: no error, nor what only helps to keep the others."""
    if isinstance(context, ErrorPage) or len(local) > LONGEST_CITED:
        return False
    return path in CITED_PAGES or path.startswith("browse/") or _is_document(path)


def _is_document(path: str) -> bool:
    # A release has an endpoint of its own, which is none.
    return path.startswith(_DOCUMENTS) and not path.endswith("/sparql")
