"""From the name of a thing to the address of its page.

Comes in: an IRI. Goes out: what may stand in an `href`: a path on this server, which keeps the reader's languages, or
an http(s) address elsewhere; an empty string when neither is possible, so that no other scheme ever becomes a link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from tulieu.pages.assets import load_assets
from tulieu.vocabulary import ONTOLOGY_IRI, Names

Parameters = Mapping[str, str | Sequence[str]]
NO_PARAMETERS: Parameters = MappingProxyType({})
# The parameters of the languages; all that is remembered of a reader is carried in the address.
KEPT = ("lang", "content")
# First parts of the names that are documents: their page stands at the same path as the name. Each release has some.
_IN_A_RELEASE = ("article/", "passage/", "note/")
_DOCUMENTS = ("graph/", "release/", "shapes", "dataset")


@dataclass(frozen=True)
class Links:
    """Makes addresses for one reader: under one public URL, with the languages that were chosen.

    `chosen_language` is that of the interface, `chosen_content` that of the things shown; empty where none was chosen.
    `within` is the path of a past release, whose documents lead to each other; empty for the current one.
    """

    public_url: str
    names: Names
    chosen_language: str = ""
    chosen_content: str = ""
    within: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """The choices that every address carries on, and every form in hidden fields: what else needs a cookie."""
        chosen = zip(KEPT, (self.chosen_language, self.chosen_content), strict=True)
        return {name: language for name, language in chosen if language}

    def path(self, local: str, parameters: Parameters = NO_PARAMETERS) -> str:
        """The path of a page of ours, given below the public URL, with the parameters of its query string.

        A parameter with several values stands there once for each.
        """
        local, _, anchor = local.partition("#")
        asked = {**parameters, **self.kept}
        query = f"?{urlencode(asked, doseq=True)}" if asked else ""
        return f"{self._root()}{quote(local, safe='/.-_~')}{query}{'#' + quote(anchor) if anchor else ''}"

    def absolute(self, local: str, parameters: Parameters = NO_PARAMETERS) -> str:
        """The whole address of a page of ours, for readers elsewhere."""
        return f"{self.public_url}{self.path(local, parameters).removeprefix(self._root())}"

    def static(self, name: str) -> str:
        """The path of a static file, with the digest of its content; it has no language."""
        return f"{self._root()}static/{name}?v={load_assets()[name].digest}"

    def page(self, iri: str) -> str:
        """The address of the page about a thing; empty when there is none that may be linked."""
        local = self.local(iri)
        if local:
            return self.path(local)
        return iri if urlsplit(iri).scheme in ("http", "https") else ""

    def local(self, iri: str) -> str:
        """The path of a thing's page below the public URL; empty when the thing is not ours."""
        if iri == ONTOLOGY_IRI or iri.startswith(ONTOLOGY_IRI + "#"):
            return "ontology" + iri.removeprefix(ONTOLOGY_IRI)
        if not self.names.is_ours(iri):
            return ""
        local = iri.removeprefix(self.names.base_iri)
        if local.startswith("id/"):
            return f"{self.within}doc/{local.removeprefix('id/')}"
        if local.startswith(_IN_A_RELEASE):
            return self.within + local
        return local if local.startswith(_DOCUMENTS) else ""

    def _root(self) -> str:
        path = urlsplit(self.public_url).path
        return path if path.endswith("/") else path + "/"
