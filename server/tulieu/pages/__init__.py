"""The wing for archivists: pages in Vietnamese and English that need no RDF and no script."""
