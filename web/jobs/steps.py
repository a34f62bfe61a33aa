"""Steps of jobs: what fails is logged, and tried again in the job's next round."""

from collections.abc import Awaitable

import structlog

log = structlog.get_logger()


async def attempt(step: Awaitable[object], *, failure: str) -> None:
    """Wait for a step of a job. Where it fails, log that by the type of its error alone.

    Args:
        step: What to do.
        failure: What the log calls it when it fails.
    """
    try:
        await step
    except Exception as error:
        log.warning(failure, error=type(error).__name__)
