"""Voiceprints on the wire: that there is one, never the print."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from cases.voiceprints import CONSENT_TEXT, CONSENT_VERSION, Voiceprint
from serving.api.wire import Shown


class VoiceprintShown(Shown):
    """Whose voice is known, since when, and what was agreed to."""

    account: str
    consent: str = Field(description="Version of the text that was agreed to.")
    seconds: float = Field(description="How much speech it was made from.")
    enrolled_at: datetime

    @classmethod
    def of(cls, found: Voiceprint) -> VoiceprintShown:
        """From the value."""
        return cls(
            account=found.account_id, consent=found.consent, seconds=found.seconds, enrolled_at=found.enrolled_at
        )


class Consent(Shown):
    """What a person agrees to."""

    version: str = CONSENT_VERSION
    text: str = CONSENT_TEXT


class VoiceprintsShown(Shown):
    """The caller's voiceprint, for an administrator everybody's, and the text to agree to."""

    consent: Consent
    voiceprints: list[VoiceprintShown]
