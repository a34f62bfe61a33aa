"""Outages: which of the driver's errors say that the database could not answer in time.

All others are faults of the program, or of what it asked.
"""

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

DatabaseError = PyMongoError
"""What any call to the database may raise."""

Unreachable = ConnectionFailure
"""What a call raises where no server answers."""

_WITHOUT_ANSWER = frozenset({
    6,  # HostUnreachable
    7,  # HostNotFound
    24,  # LockTimeout
    50,  # MaxTimeMSExpired
    64,  # WriteConcernFailed
    89,  # NetworkTimeout
    91,  # ShutdownInProgress
    100,  # UnsatisfiableWriteConcern
    112,  # WriteConflict
    133,  # FailedToSatisfyReadPreference
    134,  # ReadConcernMajorityNotAvailableYet
    189,  # PrimarySteppedDown
    202,  # NetworkInterfaceExceededTimeLimit
    246,  # SnapshotUnavailable
    251,  # NoSuchTransaction
    262,  # ExceededTimeLimit
    290,  # TransactionExceededLifetimeLimitSeconds
    9001,  # SocketException
    10058,  # LegacyNotPrimary
    10107,  # NotWritablePrimary
    11600,  # InterruptedAtShutdown
    11601,  # Interrupted
    11602,  # InterruptedDueToReplStateChange
    13435,  # NotPrimaryNoSecondaryOk
    13436,  # NotPrimaryOrSecondary
})  # fmt: skip
"""Codes of the server's (`error_codes.yml`): it is busy, shuts down, or is no primary any more."""


def is_outage(error: PyMongoError) -> bool:
    """Say whether an error means no more than that the database could not answer in time."""
    if isinstance(error, ConnectionFailure | WriteConcernError) or error.timeout:
        return True
    if isinstance(error, BulkWriteError):
        refused = error.details.get("writeErrors") or []
        return all(one.get("code") in _WITHOUT_ANSWER for one in refused)
    return isinstance(error, OperationFailure) and error.code in _WITHOUT_ANSWER


def was_interrupted(error: PyMongoError) -> bool:
    """Say whether the server gave an operation up before it changed anything.

    A server that could not wait until a majority has a change says so otherwise: it made it.
    """
    is_told_apart = not isinstance(error, WriteConcernError)
    return is_told_apart and isinstance(error, OperationFailure) and error.code == _INTERRUPTED


_INTERRUPTED = 50
