"""Every page in every state that people meet, each brought about as people bring it about."""

from tests.browser.scenes import booking, choosing, finding, managing, signing_in
from tests.browser.scenes.stage import SCENES, Stage

__all__ = ["SCENES", "Stage", "booking", "choosing", "finding", "managing", "signing_in"]
