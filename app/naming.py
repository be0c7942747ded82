"""What a person may be called: whoever looks for somebody writes an address, a number or an id as they have it."""

from app.contact import guard


def identities_in(text: str) -> frozenset[tuple[str, str]]:
    """Return the identities (kind, value) that a text may mean: a user id, and an e-mail address or a phone number."""
    text = text.strip()
    named = {("user_id", text)}
    if "@" in text:
        named |= {("email", text.lower()), ("email", guard({"email": text})[0].get("email", text).lower())}
    if phone := guard({"phone": text})[0].get("phone"):
        named.add(("phone", phone))
    return frozenset(named)


def names_in(text: str) -> list[str]:
    """Return the values of `identities_in`, and the text as it is."""
    return sorted({text, text.strip().lower(), *(value for _, value in identities_in(text))})
