"""Who said what about marketing, and which word counts."""

from datetime import datetime

from app.contact import Consent, ConsentState, Meaning


def said(consent: Consent, meaning: Meaning, at: datetime) -> Consent:
    """Return a word with the time from which it counts; ``at`` is when its event occurred.

    An update may repeat a yes of long ago, so there it stays undated; a no counts from ``at``. A sender's
    clock may be ahead, but nothing is newer than its event.
    """
    if consent.at is not None:
        return Consent(consent.state, min(consent.at, at))
    if meaning is Meaning.UPDATED and consent.state is ConsentState.GRANTED:
        return consent
    return Consent(consent.state, at)


def newest(known: Consent | None, word: Consent) -> Consent:
    """Return the word to believe: the newer one; of two at the same time the refusal; an undated one last."""
    if known is None:
        return word
    if word.at is None:
        return known
    if known.at is None or (word.at, word.state) >= (known.at, known.state):
        return word
    return known
