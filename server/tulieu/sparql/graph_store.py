"""The Graph Store Protocol, its reading half: https://www.w3.org/TR/sparql11-http-rdf-update/

Comes in: `/sparql/graph-store?graph=IRI`, `?default`, or a path behind `/sparql/graph-store/`, which names a graph by
its place in the archive (`passage/…`, `graph/asserted`). Goes out: the statements of that graph in any RDF format, as a
query process writes them; what would change a graph is refused, with the reason.
"""

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import MethodNotAllowed

from tulieu.errors import NotFoundError
from tulieu.formats import ANSWER_GRAPH_FORMATS
from tulieu.sparql.execution import execute, execute_for_page
from tulieu.sparql.protocol import Endpoint, choose_format, is_unchanged, not_modified, send
from tulieu.sparql.request import READ_ONLY, Parameters, Refusal, first_of, read_parameters, read_seconds
from tulieu.store import Dataset, is_iri

PATH = "/sparql/graph-store"
READING_METHODS = ("GET", "HEAD", "OPTIONS")
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ANYTHING = "ASK { ?s ?p ?o }"


def create_blueprint(endpoint: Endpoint) -> Blueprint:
    """Make the routes of the graph store."""
    blueprint = Blueprint("graph_store", __name__)

    @blueprint.route(PATH, defaults={"name": ""}, methods=["GET", "PUT", "POST", "DELETE", "PATCH"])
    @blueprint.route(f"{PATH}/<path:name>", methods=["GET", "PUT", "POST", "DELETE", "PATCH"])
    def graph_store(name: str) -> Response:
        if request.method not in READING_METHODS:
            raise MethodNotAllowed(READING_METHODS, READ_ONLY.replace("Send a query", "Read the graph"))
        parameters = read_parameters(request.query_string, "address")
        if isinstance(parameters, Refusal):
            abort(parameters.status, parameters.reason)
        return _read_graph(endpoint, parameters, name)

    return blueprint


def _read_graph(endpoint: Endpoint, parameters: Parameters, name: str) -> Response:
    graphs = _named_graphs(endpoint, parameters, name)
    seconds = read_seconds(parameters)
    if isinstance(seconds, Refusal):
        abort(seconds.status, seconds.reason)
    release = endpoint.find_release(first_of(parameters, "release"))
    chosen = choose_format(request.environ, first_of(parameters, "format", "output"), ANSWER_GRAPH_FORMATS)
    tag = endpoint.tag(request.environ, chosen, release)
    if is_unchanged(request.environ, tag):
        return not_modified(tag)

    def holds(dataset: Dataset) -> bool:
        question = endpoint.question(request.environ, _ANYTHING, dataset, release, 0.0)
        return bool(execute_for_page(endpoint.execution, question, 1))

    for graph in graphs:
        dataset = Dataset((graph,)) if graph else Dataset()
        if graph == graphs[-1] or holds(dataset):
            break
    if graph and not holds(dataset):
        raise NotFoundError(
            f"There is no graph {graph[:200]} in release {release.id}. {endpoint.address()} lists the graphs for "
            "programs: ask it without a query."
        )
    question = endpoint.question(request.environ, _EVERYTHING, dataset, release, seconds or 0.0)
    headers, body = send(request.environ, execute(endpoint.execution, question, lambda _: chosen), chosen, tag)
    return Response(body, headers=headers)


def _named_graphs(endpoint: Endpoint, parameters: Parameters, name: str) -> tuple[str, ...]:
    """The names that the address may mean, in the order in which they are tried; empty for the default graph."""
    if name:
        # The address itself is the graph's name (section 4.1), or it is that of the archive's names it ends in.
        return f"{endpoint.edition.public_url}{PATH[1:]}/{name}", f"{endpoint.release.base_iri}{name}"
    named = parameters.get("graph", ())
    if len(named) + ("default" in parameters) != 1:
        abort(400, "Expected is exactly one graph: ?default or ?graph=IRI.")
    if not named:
        return ("",)
    if not is_iri(named[0]):
        abort(400, f"graph is {named[0][:200]!r}; an absolute IRI is expected.")
    return (named[0],)
