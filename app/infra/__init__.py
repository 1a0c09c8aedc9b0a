"""The ports made real: SQLite, websockets, HTTP, keyring, files."""
