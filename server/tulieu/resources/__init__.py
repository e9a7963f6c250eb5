"""The wing for linked-data consumers: dereferencing, documents in RDF, the ontology and shapes as data."""
