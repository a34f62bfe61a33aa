"""HTTP: the composition root, handlers, the live stream, sessions, answers and mail."""
