"""From knowledge files to a release: load, validate, reason, check, publish; never loaded by the server."""
