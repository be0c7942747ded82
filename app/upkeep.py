"""Bringing a contact that exists up to date with one event: only what is new goes out (DESIGN §4)."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.config.model import ConsentMode
from app.consent import newest
from app.contact import Consent, ConsentState, Meaning
from app.conversation import Conversation
from app.errors import ConflictError
from app.remote import RemoteContact
from app.search import look_up
from app.store.people import identities_of
from app.store.work import Claim

_ALL_ABOUT_CONSENT = (Meaning.SUBSCRIBED, Meaning.CONSENT)


class Upkeep:
    """``person`` is what is known so far. Whatever succeeded is in it at once, so that nothing that was
    done is forgotten when a later call fails. ``done`` and ``notes`` are for the operator.
    """

    def __init__(self, claim: Claim, api: Conversation, mode: ConsentMode, now: Callable[[], datetime]) -> None:
        self.claim, self.api, self.mode, self.now = claim, api, mode, now
        self.contact, self.person = claim.contact, claim.person
        self.occurred_at = min(claim.occurred_at, claim.received_at)  # a sender's clock may be ahead
        self.done: list[str] = []
        self.notes: list[str] = []

    def bring_up_to_date(self) -> None:
        """Change, attach and join what is new. Raises `UpstreamError`."""
        self._change()
        self._attach()
        self._join_segments()

    def take_over(self, remote: RemoteContact, sent: frozenset[tuple[str, str]]) -> None:
        self._notice(remote)
        self.person = replace(
            self.person,
            contact_id=remote.id,
            name=remote.name,
            segment_ids=remote.segment_ids,
            sent=sent,
            uncertain=False,
        )

    def look_up(self) -> RemoteContact | None:
        return look_up(self.api, self.person, self.contact, self.notes)

    def hear(self, word: Consent) -> None:
        self.person = replace(self.person, consent=newest(self.person.consent, word))

    def _notice(self, remote: RemoteContact) -> None:
        """Who unsubscribed upstream refused there: then, or if that is new and undated, just now."""
        if remote.unsubscribed and (remote.unsubscribed_at or not self.person.unsubscribed):
            self.hear(Consent(ConsentState.REFUSED, remote.unsubscribed_at or self.now()))
        self.person = replace(self.person, unsubscribed=remote.unsubscribed)

    def _unsubscribed(self) -> bool:
        """Whether the contact should be unsubscribed, going by the newest word that was heard."""
        if self.mode is ConsentMode.IGNORE:
            return self.person.unsubscribed
        if self._granted and (self.person.unsubscribed or self._asks_for_mail):
            remote = self.look_up()  # they may have unsubscribed upstream since
            if remote and remote.id == self.person.contact_id:
                self._notice(remote)
        consent = self.person.consent
        if consent and consent.state is ConsentState.REFUSED:
            return True
        return self.person.unsubscribed and not self._granted

    @property
    def _granted(self) -> bool:
        """Whether the newest word is a yes whose time is known: only that subscribes anybody again."""
        consent = self.person.consent
        return consent is not None and consent.state is ConsentState.GRANTED and consent.at is not None

    @property
    def _asks_for_mail(self) -> bool:
        """Whether this event is a new yes of somebody whom the upstream may have heard a no from."""
        new = self.person.consent != self.claim.person.consent
        return new and self.claim.meaning in _ALL_ABOUT_CONSENT and "found" not in self.done

    def _change(self) -> None:
        changes: dict[str, object] = {}
        stale = self.person.name_at is not None and self.occurred_at < self.person.name_at
        if self.contact.name and not stale:
            if self.contact.name != self.person.name:
                changes["name"] = self.contact.name
            self.person = replace(self.person, name_at=self.occurred_at)
        if (unsubscribed := self._unsubscribed()) != self.person.unsubscribed:
            changes["unsubscribed"] = unsubscribed
        if not changes:
            return
        self.api.update(self.contact_id, changes)
        name = self.contact.name if "name" in changes else self.person.name
        self.person = replace(self.person, name=name, unsubscribed=unsubscribed)
        self.done += ["name"] if "name" in changes else []
        self.done += [("unsubscribed" if unsubscribed else "subscribed")] if "unsubscribed" in changes else []

    def _attach(self) -> None:
        """A further e-mail, phone or user id becomes a channel of the contact that exists."""
        new = {kind for kind, _ in self.mine - self.person.sent}
        if not new:
            return
        own = [kind for kind in ("email", "phone") if kind in dict(self.mine)]
        carrier = own[:1] if new == {"user_id"} else []  # a channel may need an address beside the user id
        parts = {kind: getattr(self.contact, kind) for kind in sorted({*new, *carrier})}
        channel = {"contact_id": self.contact_id, **parts}
        try:
            self.api.create(channel, (), self.key("attach"))
            self.done += sorted(kind.replace("_", " ") for kind in new)
        except ConflictError:
            self.notes.append(f"the upstream has its {' and '.join(sorted(new))} with another contact")
        self.person = replace(self.person, sent=self.person.sent | self.mine)

    def _join_segments(self) -> None:
        for segment_id in self.contact.segment_ids:
            if segment_id not in self.person.segment_ids:
                with contextlib.suppress(ConflictError):  # it is in that segment already
                    self.api.add_segment(self.contact_id, segment_id)
                self.person = replace(self.person, segment_ids=(*self.person.segment_ids, segment_id))
                self.done.append(f"segment {segment_id}")

    @property
    def named(self) -> frozenset[tuple[str, str]]:
        """This event's identities."""
        return frozenset(identities_of(self.contact).items())

    @property
    def mine(self) -> frozenset[tuple[str, str]]:
        """This event's identities, without those that belong to another person."""
        return self.person.identities & self.named

    @property
    def contact_id(self) -> str:
        assert self.person.contact_id is not None
        return self.person.contact_id

    def key(self, step: str) -> str:
        identity = f"{self.claim.source}\n{self.claim.event_id}\n{step}"
        return hashlib.sha256(identity.encode()).hexdigest()[:32]
