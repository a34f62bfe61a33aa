"""Signing out on all devices, as it is kept: one document for each address."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel


def _sign_out_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("address", ASCENDING)], unique=True, name="address")
    yield IndexModel([("kept_until", ASCENDING)], name="gone_when_kept", expireAfterSeconds=0)


class SignOut(Model):
    """When an address last signed out on all devices. Deleted once nothing older could count."""

    model_config = ODMConfigDict(collection="sign_outs", indexes=_sign_out_indexes)

    address: str
    """The e-mail in lower case: what a sign-in link proves."""
    at: datetime
    """Proofs from before count no longer."""
    kept_until: datetime
    """When every proof from before has ended by itself."""
