"""Delivering one event: make its person known upstream, then bring the contact up to date (DESIGN §4)."""

from dataclasses import replace

from app.config.model import ConsentMode
from app.consent import said
from app.contact import Meaning
from app.errors import ConflictError, PermanentError, UnknownOutcomeError
from app.remote import RemoteContact
from app.upkeep import Upkeep

_MAKES_CONTACTS = (Meaning.SIGNED_UP, Meaning.UPDATED)


class Delivering(Upkeep):
    """One delivery in progress."""

    _looked = False
    erases = False  # the event asked to be forgotten, and nothing is in the way

    def run(self) -> str | None:
        """Do it all. Return why the event is ignored after all, or None. Raises `UpstreamError`."""
        if self.contact.consent and self.mode is not ConsentMode.IGNORE:
            self.hear(said(self.contact.consent, self.claim.meaning, self.occurred_at))
        try:
            return self._run()
        except PermanentError as error:
            if error.status != 404 or self.claim.person.contact_id is None:
                raise
        # The contact that was known is gone: merged or deleted upstream. Look again, once.
        self.person = replace(self.person, contact_id=None, name=None, segment_ids=(), sent=frozenset(), uncertain=True)
        return self._run()

    def _run(self) -> str | None:
        self._looked = self.person.uncertain
        if self.person.uncertain:
            self._adopt(self.look_up())
        if self.person.contact_id is None:
            self._make_known()
        if self.claim.meaning is Meaning.ERASE:  # whom to delete upstream is known now; the store forgets the rest
            self.erases = True
            return None
        if self.person.contact_id is None:
            return "there is nobody upstream to update; what it says of consent is remembered"
        self.bring_up_to_date()
        return None

    def _make_known(self) -> None:
        if self.contact.contact_id:
            self.person = replace(self.person, contact_id=self.contact.contact_id)
            return
        makes = self.claim.meaning in _MAKES_CONTACTS
        if not (self._looked or (makes and self.mine == self.named)):  # somebody else's e-mail may be among them
            self._adopt(self.look_up())
        if makes and self.person.contact_id is None:
            self._create()

    def _create(self) -> None:
        contact = self.contact
        parts = {"user_id": contact.user_id, "name": contact.name, "email": contact.email, "phone": contact.phone}
        channel = {name: value for name, value in parts.items() if value}
        try:
            remote = self.api.create(channel, contact.segment_ids, self.key("create"))
        except UnknownOutcomeError:
            self.person = replace(self.person, sent=self.person.sent | self.mine)  # what to look for before long
            raise
        except ConflictError as conflict:
            found = self.look_up()
            if found is None:
                raise PermanentError(f"{conflict}; yet no contact with its user id or e-mail is found") from None
            self._adopt(found)
            return
        self.done.append("created")
        self.take_over(remote, sent=self.person.identities & (remote.identities or self.mine))

    def _adopt(self, remote: RemoteContact | None) -> None:
        """Take over a contact that was found; None means that there is none."""
        if remote is None:
            nothing = frozenset[tuple[str, str]]()
            sent = self.person.sent if self.person.contact_id else nothing
            self.person = replace(self.person, sent=sent, uncertain=False)
            return
        self.done.append("found")
        self.take_over(remote, sent=self.person.identities & remote.identities)
