"""What a delivery process says of itself while it lives, so that commands know by which mapping and keys it works."""

import secrets

from app.bridge import Bridge
from app.fingerprint import fingerprint
from app.store import Deliverer


class Presence:
    """Of this process. `tend` it often: on PostgreSQL a lost session means to live under another id."""

    def __init__(self, bridge: Bridge) -> None:
        self._store, self._owner = bridge.store, ""
        salt, marks = secrets.token_hex(16), tuple(bridge.store.database.seal.marks)
        self._said = Deliverer(bridge.now(), salt, fingerprint(bridge.config, bytes.fromhex(salt)), marks)

    def tend(self) -> None:
        """Say it where it was not said. Raises `StoreUnavailableError`."""
        owner = self._store.life.hold()
        if owner != self._owner:
            self._store.deliverers.enter(owner, self._said)
            self._owner = owner

    def end(self) -> None:
        """Say that nothing new is taken any more. Raises `StoreUnavailableError`."""
        self._store.deliverers.leave(self._owner)
