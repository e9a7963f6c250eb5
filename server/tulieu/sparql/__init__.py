"""The wing for researchers: the SPARQL endpoint, its forms, its description."""
