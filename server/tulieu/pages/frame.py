"""What stands around every page: title, navigation, the same page in the other language, the same thing as data.

Comes in: a page's context and its path. Goes out: a frozen `Frame` that the layout prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tulieu.formats import DOCUMENT_FORMATS, HTML
from tulieu.pages.error import ErrorPage
from tulieu.pages.labels import Text
from tulieu.pages.links import Links
from tulieu.pages.values import Values
from tulieu.pages.wording import LANGUAGES

# Documents have the same content as data; the other pages have not.
_DOCUMENTS = ("doc/", "article/", "passage/", "note/", "graph/", "release/", "ontology", "shapes")
NAVIGATION = (
    ("browse", "nav.browse"),
    ("sparql", "nav.query"),
    ("ontology", "nav.ontology"),
    ("releases", "nav.releases"),
)


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
class Frame:
    """What the layout needs beside the page's own context."""

    language: str
    title: str
    links: Links
    navigation: tuple[NavigationItem, ...]
    other_language: str
    other_language_href: str
    here: str
    data: tuple[DataLink, ...]
    release_id: str
    feedback_href: str
    search_text: str


def make_frame(
    context: object, values: Values, path: str, parameters: Mapping[str, str], release_id: str, feedback: str
) -> Frame:
    """Make the frame of a page from its context, its path below the public URL, and its parameters without `lang`."""
    title = getattr(context, "title", None)
    words = title.words if isinstance(title, Text) else ""
    other = next(language for language in LANGUAGES if language != values.language)
    # What was not found has no data either.
    is_document = path.startswith(_DOCUMENTS) and not isinstance(context, ErrorPage)
    links = values.links
    plain = Links(links.public_url, links.names)
    return Frame(
        language=values.language,
        title=words,
        links=links,
        navigation=tuple(
            NavigationItem(links.path(target), values.wording(key), path.split("/")[0] == target)
            for target, key in NAVIGATION
        ),
        other_language=other,
        other_language_href=plain.path(path, {**parameters, "lang": other}),
        here=plain.path(path),
        data=tuple(
            DataLink(f"{plain.path(path)}.{each.name}", each.media_type, each.title)
            for each in DOCUMENT_FORMATS
            if is_document and each is not HTML
        ),
        release_id=release_id,
        feedback_href=_feedback_href(feedback, words, f"{links.public_url}{path}", release_id),
        search_text=parameters.get("q", ""),
    )


def _feedback_href(feedback: str, title: str, address: str, release_id: str) -> str:
    """The operator's address, filled with what is wrong where when it is one for mail."""
    if not feedback.startswith("mailto:"):
        return feedback
    return f"{feedback}?{urlencode({'subject': title, 'body': f'{address} ({release_id})'}, quote_via=quote)}"
