"""Deadlines: how long the program waits for the database, each with its reason.

A silent database closes no connection. The program must stop waiting by itself,
soon enough for a person to be told within three seconds.
"""

from datetime import timedelta

ANSWER_MS = 2_500
"""How long one operation of a serving process may take, its retries included (`timeoutMS`).

Three seconds less what it takes to render the answer. The driver passes it on, so that the server
gives the operation up as well. It must be longer than the server may hold a change stream's cursor
back (`CHANGES_MS`).
"""

THREADS = 32
"""How many operations of one process can be under way at once, each in a thread of Motor's (by
default five for each core). Each slot that does not come free takes one, for `ANSWER_MS`."""

LEAST_S = 0.7
"""How long a write is waited for at least, however much time its request has spent on a crowd."""

WORK_MS = 60_000
"""The same for commands, whose operations read or write thousands of documents at once."""

MIGRATION_MS = 600_000
"""The same for migrations, one operation of which may build an index over everything there is."""

LEASE_S = 5.0
"""How long taking, renewing or giving back a lease may take: of its 30 s a third passes between
two renewals, and the next must still come in time."""

SELECT_MS = 5_000
"""How long a command waits for a server that it can use, before it says that there is none."""

CONNECT_MS = 2_000
"""How long a connection may take to open. By default it is 20 s, in which a monitor of the driver
does not notice that its server is silent."""

HEARTBEAT_MS = 1_000
"""How often the driver looks at each server. It decides how soon a server that came back by itself,
without an election, is used again; a new primary announces itself."""

CHANGES_MS = 1_000
"""How long the server may wait for a change before it answers a watcher that there was none."""

WATCHING_S = 3.0
"""How long a watcher may hear nothing before it counts as down."""

OPENING_S = 4.0
"""How long a watcher may take to open a change stream."""

REOPEN_FIRST_S, REOPEN_LONGEST_S = 0.1, 0.5
"""Pauses between a watcher's attempts: short, so that it follows within 2 s of a new primary."""

PULSE_EVERY_S = 0.3
"""How often each process asks whether there is a primary that takes writes."""

PULSE_ANSWER_S = 0.9
"""How long the primary may take to say so: two of these and a pause fit into `SILENT_S`."""

SILENT_S = 2.0
"""After how long without an answer the database counts as silent, and nobody waits for it."""

PATIENCE_S = 2.0
"""How long a request waits for a database that is known to be silent: it may be back by then."""

RETRY_S = 10.0
"""How long somebody in a crowd waits for their turn and for a transaction that meets others."""

TRANSACTION_S = 5.0
"""How long one attempt at a transaction may take, from its first operation to its commit."""

AGAIN_S = 1.0
"""Until when a transaction that meets no primary is tried again: an attempt that has waited in vain
is not repeated, or its request would take longer than three seconds."""

COMMIT_S = 2.0
"""How long a commit may take, repeated or not. What is left of three seconds is for looking up
whether it counted."""

CLAIM_WITHIN = timedelta(seconds=15)
"""How old a request may be when it changes a slot. With an attempt at a transaction that begins
just before, nothing is written more than 20 s after its request; a catch-up reads back 35 s."""

CLOSE_S = 2.0
"""How long the end of a process waits for a server to take notice."""

CLOCKS_APART = timedelta(seconds=1)
"""How far apart the clocks of this host and of the database may be without a warning."""
