"""How fast the server is, measured beside others: an archive to measure on, the peers, the clients, the report."""
