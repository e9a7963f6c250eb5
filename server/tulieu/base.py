"""What all names begin with: the base IRI, and what stands on it and is the same in every archive.

Nothing comes in; plain strings go out, so that a process that knows no rdflib can have them too.
"""

BASE_IRI = "https://w3id.org/tulieu/"
ONTOLOGY_IRI = BASE_IRI + "ontology"
# The functions that a query may call.
FUNCTION_IRI = BASE_IRI + "function#"
