"""Delivering one event: make its person known upstream, then bring the contact up to date (DESIGN §4)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.answers import RemoteContact
from app.config.model import ConsentMode
from app.contact import Consent, ConsentState, Meaning
from app.errors import ConflictError, PermanentError
from app.store.people import KINDS, identities_of
from app.store.work import Claim
from app.upstream import Conversation

_MAKES_CONTACTS = (Meaning.SIGNED_UP, Meaning.UPDATED)


class Delivering:
    """One delivery in progress.

    ``person`` is what is known so far. Whatever succeeded is in it at once, so that nothing that was
    done is forgotten when a later call fails. ``done`` and ``notes`` are for the operator.
    """

    def __init__(
        self, claim: Claim, api: Conversation, mode: ConsentMode, now: Callable[[], datetime]
    ) -> None:
        self.claim, self.api, self.mode, self.now = claim, api, mode, now
        self.contact, self.person = claim.contact, claim.person
        self.done: list[str] = []
        self.notes: list[str] = []

    def run(self) -> str | None:
        """Do it all. Return why the event is ignored after all, or None. Raises `UpstreamError`."""
        self._note_consent()
        try:
            return self._run()
        except PermanentError as error:
            if error.status != 404 or self.person.contact_id != self.claim.person.contact_id:
                raise
        # The contact that was known is gone: merged or deleted upstream. Look again, once.
        self.person = replace(
            self.person, contact_id=None, name=None, segment_ids=(), sent=frozenset(), uncertain=True
        )
        return self._run()

    def _run(self) -> str | None:
        if self.person.uncertain:
            self._adopt(self._look_up())
        if self.person.contact_id is None:
            self._make_known()
        if self.person.contact_id is None:
            return "there is nobody upstream to update; what it says of consent is remembered"
        self._change()
        self._attach()
        self._join_segments()
        return None

    def _make_known(self) -> None:
        if self.contact.contact_id:
            self.person = replace(self.person, contact_id=self.contact.contact_id)
        elif self.claim.meaning in _MAKES_CONTACTS:
            self._create()
        elif not self.claim.person.uncertain:
            self._adopt(self._look_up())

    def _create(self) -> None:
        contact = self.contact
        parts = {"user_id": contact.user_id, "name": contact.name, "email": contact.email, "phone": contact.phone}
        channel = {name: value for name, value in parts.items() if value}
        try:
            remote = self.api.create(channel, contact.segment_ids, self._key("create"))
        except ConflictError as conflict:
            found = self._look_up()
            if found is None:
                raise PermanentError(f"{conflict}; yet no contact with its user id or e-mail is found") from None
            self._adopt(found)
            return
        self.done.append("created")
        self._adopt(remote, as_created=True)

    def _adopt(self, remote: RemoteContact | None, *, as_created: bool = False) -> None:
        """Take over what the upstream says of the contact; None means that there is none."""
        if remote is None:
            self.person = replace(self.person, uncertain=False)
            return
        ours = self.person.identities
        name = remote.name or (self.contact.name if as_created else None)
        self.person = replace(
            self.person,
            contact_id=remote.id,
            name=name,
            name_at=self.claim.occurred_at if as_created else self.person.name_at,
            segment_ids=remote.segment_ids,
            unsubscribed=remote.unsubscribed,
            sent=self.person.sent | (ours if as_created else ours & remote.identities),
            uncertain=False,
        )
        if not as_created:
            self.done.append("found")
        if remote.unsubscribed:
            self._hear(Consent(ConsentState.REFUSED, remote.unsubscribed_at or self.now()))

    def _look_up(self) -> RemoteContact | None:
        """Find the person upstream: by user id, then e-mail; by phone only among all of that name, or all."""
        known = sorted(self.person.identities, key=lambda identity: KINDS.index(identity[0]))
        searchable = [identity for identity in known if identity[0] != "phone"]
        for kind, value in searchable:
            if found := self._oldest(kind, value, **{kind: value}):
                return found
        if searchable or not known:
            return None
        by_name = {"name": self.contact.name} if self.contact.name else {}
        return self._oldest(*known[0], **by_name)

    def _oldest(self, kind: str, value: str, **filters: str) -> RemoteContact | None:
        """The filter may match loosely, so only a contact that has exactly this identity counts."""
        found = [remote for remote in self.api.find(**filters) if (kind, value) in remote.identities]
        if len(found) > 1:
            self.notes.append(f"the upstream has {len(found)} contacts with this {kind.replace('_', ' ')}; the oldest was taken")
        return min(found, key=lambda remote: (remote.created_at or self.now(), remote.id), default=None)

    # --- consent --------------------------------------------------------------------------------------------

    def _note_consent(self) -> None:
        if self.contact.consent and self.mode is not ConsentMode.IGNORE:
            self._hear(replace(self.contact.consent, at=self.contact.consent.at or self.claim.occurred_at))

    def _hear(self, word: Consent) -> None:
        """Believe the newest word; of two at the same time, the refusal."""
        known = self.person.consent
        if known and known.at and word.at and (word.at, word.state) < (known.at, known.state):
            return
        self.person = replace(self.person, consent=word)

    def _unsubscribed(self) -> bool:
        """Whether the contact should be unsubscribed, going by the newest word that was heard."""
        consent = self.person.consent
        if self.mode is ConsentMode.IGNORE or consent is None:
            return self.person.unsubscribed
        if consent.state is ConsentState.GRANTED and self.person.unsubscribed:
            remote = self._look_up()  # they may have unsubscribed upstream since
            if remote and remote.unsubscribed:
                self._hear(Consent(ConsentState.REFUSED, remote.unsubscribed_at or self.now()))
        consent = self.person.consent
        return consent is not None and consent.state is ConsentState.REFUSED

    # --- bringing the contact up to date --------------------------------------------------------------------

    def _change(self) -> None:
        changes: dict[str, object] = {}
        stale = self.person.name_at is not None and self.claim.occurred_at < self.person.name_at
        if self.contact.name and not stale:
            if self.contact.name != self.person.name:
                changes["name"] = self.contact.name
            self.person = replace(self.person, name_at=self.claim.occurred_at)
        if (unsubscribed := self._unsubscribed()) != self.person.unsubscribed:
            changes["unsubscribed"] = unsubscribed
        if not changes:
            return
        self.api.update(self._contact_id, changes)
        name = self.contact.name if "name" in changes else self.person.name
        self.person = replace(self.person, name=name, unsubscribed=unsubscribed)
        self.done += [{True: "unsubscribed", False: "subscribed"}.get(changes[key], key) for key in changes]  # type: ignore[call-overload]

    def _attach(self) -> None:
        """A further e-mail, phone or user id becomes a channel of the contact that exists."""
        mine = identities_of(self.contact)
        new = {k for k, v in mine.items() if (k, v) in self.person.identities - self.person.sent}
        if not new:
            return
        carrier = set() if new & {"email", "phone"} else {"email" if self.contact.email else "phone"}
        parts = {kind: getattr(self.contact, kind) for kind in new | carrier}
        channel = {"contact_id": self._contact_id, **{kind: value for kind, value in parts.items() if value}}
        try:
            self.api.create(channel, (), self._key("attach"))
            self.done += sorted(kind.replace("_", " ") for kind in new)
        except ConflictError:
            self.notes.append(f"the upstream has its {' and '.join(sorted(new))} with another contact")
        self.person = replace(self.person, sent=self.person.sent | {(kind, mine[kind]) for kind in new})

    def _join_segments(self) -> None:
        for segment_id in self.contact.segment_ids:
            if segment_id not in self.person.segment_ids:
                self.api.add_segment(self._contact_id, segment_id)
                self.person = replace(self.person, segment_ids=(*self.person.segment_ids, segment_id))
                self.done.append(f"segment {segment_id}")

    @property
    def _contact_id(self) -> str:
        assert self.person.contact_id is not None
        return self.person.contact_id

    def _key(self, step: str) -> str:
        identity = f"{self.claim.source}\n{self.claim.event_id}\n{step}"
        return hashlib.sha256(identity.encode()).hexdigest()[:32]
