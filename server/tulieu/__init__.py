"""tulieu: a news article about Party work as a knowledge graph; the rooms are described in docs/architecture.md."""
