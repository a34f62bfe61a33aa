"""What wants an administrator's attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.store import attention as store
from domain.store import audit_runs
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents.audit_runs import AuditRun

COUNTED_UP_TO = store.MOST


@dataclass(frozen=True)
class Attention:
    """How many of each there are, and what the last audit has found."""

    applications: int
    conflicts: int
    unanswered: int
    lost_mails: int
    late_mails: int
    audit: AuditRun | None


async def look(database: Database, *, now: datetime) -> Attention:
    """Return what wants attention."""
    return Attention(
        applications=await store.applications(database),
        conflicts=await store.conflicts(database, now),
        unanswered=await store.unanswered(database, now),
        lost_mails=await store.lost_mails(database, now),
        late_mails=await store.late_mails(database, now),
        audit=await audit_runs.last(database),
    )


async def audit_is_due(database: Database, *, now: datetime) -> bool:
    """Say whether this process is to run the audit now; of several at once one is."""
    return await audit_runs.claim(database, now)


async def run_audit(database: Database, *, now: datetime) -> Sequence[str]:
    """Run the audit, keep what it finds, and return it."""
    findings = [str(finding) for finding in await audit(database)]
    await audit_runs.note(database, findings, now=now)
    return findings
