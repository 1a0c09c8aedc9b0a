"""The Sinqro protocol without I/O: frames, session rules, back-off, signatures."""
