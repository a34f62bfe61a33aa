"""The only code that talks to MongoDB: documents, queries and writes by subject, and the feed."""

import os

from domain.store.core.deadlines import THREADS

# Motor reads it once, when it is first imported: only by what is in this package.
os.environ.setdefault("MOTOR_MAX_WORKERS", str(THREADS))
