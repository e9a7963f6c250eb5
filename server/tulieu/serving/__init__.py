"""From an application to a server: what the front is made of, and what keeps its process alive."""
