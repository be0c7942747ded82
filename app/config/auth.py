"""How a source's webhooks are verified: the provider's own signature, or the scheme that ``auth`` chooses."""

from collections.abc import Callable, Mapping
from typing import Any

from app.config.mistakes import Mistakes, Place
from app.config.schema import AUTHS
from app.providers import Provider
from app.signatures import BasicAuth, Bearer, Hmac, QueryToken, Scheme, SharedSecret, StandardWebhooks

Options = Mapping[str, Any]

# What an option says when it is left out; the tolerance is in seconds, as Standard Webhooks has it.
DEFAULTS: Options = {
    "parameter": "token",
    "algorithm": "sha256",
    "encoding": "hex",
    "timestamp_unit": "s",
    "tolerance": 300,
}

# Which keys of a source belong to which choice; any other combination is a mistake.
_TAKES = {
    "header": ("header",),
    "query": ("parameter",),
    "hmac": (
        *("header", "algorithm", "encoding", "prefix", "signed"),
        *("timestamp_header", "timestamp_unit", "tolerance"),
    ),
}
_OPTIONS = tuple(dict.fromkeys(option for options in _TAKES.values() for option in options))


def scheme(provider: Provider, table: Mapping[str, Any], place: Place, mistakes: Mistakes) -> Scheme | None:
    """Return what verifies a source; None for ``auth = "none"``, and wherever a mistake was added."""
    auth = table.get("auth")
    options = {option: table[option] for option in _OPTIONS if option in table}
    if auth is None and provider.signature is None:
        mistakes.add(
            (*place, "auth"),
            f"is missing: {provider.title} signs nothing, so choose one of {', '.join(AUTHS)}",
        )
        return None
    if provider.signature is not None and auth and auth != "none":
        return _repeated(provider, auth, options, place, mistakes)
    if _misplaced(provider, auth, options, place, mistakes) or auth == "none":
        return None
    return _chosen(auth, options, place, mistakes) if auth else provider.signature


def _chosen(auth: str, options: Options, place: Place, mistakes: Mistakes) -> Scheme | None:
    return _SCHEMES[auth](options) if _complete(auth, options, place, mistakes) else None


def _repeated(provider: Provider, auth: str, options: Options, place: Place, mistakes: Mistakes) -> Scheme | None:
    """A source may repeat how its provider signs. Whatever else it says is told in one line: to leave it out."""
    unsaid = Mistakes()
    fits = not _misplaced(provider, auth, options, place, unsaid)
    chosen = _chosen(auth, options, place, unsaid) if fits else None
    if chosen == provider.signature:
        return chosen
    mistakes.add((*place, "auth"), _signs_itself(provider))
    return None


def _signs_itself(provider: Provider) -> str:
    return f'leave it out: {provider.title} signs its webhooks itself (only "none" may be said: no verification)'


def _misplaced(provider: Provider, auth: str | None, options: Options, place: Place, mistakes: Mistakes) -> bool:
    wrong = [option for option in options if option not in _TAKES.get(auth or "", ())]
    for option in wrong:
        if provider.signature is not None:
            problem = f"leave it out: {provider.title} signs its webhooks itself"
        else:
            owners = " or ".join(f'"{owner}"' for owner, taken in _TAKES.items() if option in taken)
            problem = f"goes only with auth = {owners}"
        mistakes.add((*place, option), problem)
    return bool(wrong)


def _complete(auth: str, options: Options, place: Place, mistakes: Mistakes) -> bool:
    """Check what depends on another option."""
    if auth in ("header", "hmac") and "header" not in options:
        mistakes.add((*place, "header"), f'is missing: auth = "{auth}" needs the name of the header')
    timed, signed = "timestamp_header" in options, options.get("signed")
    if not timed:
        for option in ("tolerance", "timestamp_unit"):
            if option in options:
                mistakes.add((*place, option), "goes only with timestamp_header")
    if signed and timed and "{timestamp}" not in signed:
        mistakes.add((*place, "signed"), "must contain {timestamp}: a time that is not signed proves nothing")
    if signed and not timed and "{timestamp}" in signed:
        mistakes.add((*place, "timestamp_header"), "is missing: {timestamp} is signed")
    return not any(mistakes.at((*place, option)) for option in _OPTIONS)


def _hmac(options: Options) -> Scheme:
    timed = "timestamp_header" in options
    said = {**DEFAULTS, "signed": "{timestamp}.{body}" if timed else "{body}", **options}
    return Hmac(
        said["header"],
        signed=said["signed"],
        algorithm=said["algorithm"],
        encoding=said["encoding"],
        prefix=said.get("prefix", ""),
        timestamp_header=said.get("timestamp_header"),
        timestamp_unit=said["timestamp_unit"],
        tolerance=said["tolerance"] if timed else None,
    )


_SCHEMES: Mapping[str, Callable[[Options], Scheme]] = {
    "bearer": lambda _: Bearer(),
    "basic": lambda _: BasicAuth(),
    "header": lambda options: SharedSecret(header=options["header"]),
    "query": lambda options: QueryToken(parameter=options.get("parameter", DEFAULTS["parameter"])),
    "hmac": _hmac,
    "standard-webhooks": lambda _: StandardWebhooks(),
}
