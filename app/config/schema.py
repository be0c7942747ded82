"""Every key of ``bridge.toml``: what it is, what it may be, and one line of help for docs/configuration.md."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

from app.config import checks
from app.config.fields import Choice, Jmespath, Number, Seconds, Switch, Text
from app.config.groups import Tables, Texts
from app.config.mistakes import unknown_key
from app.config.model import Alerts, ConsentMode, Segment, Server, Upstream

AUTHS = ("bearer", "basic", "header", "query", "hmac", "standard-webhooks", "none")
_MIB = 1024 * 1024


class Table(Schema):
    """A table of the file: whatever it holds besides its known keys is a mistake."""

    error_messages = {"type": "must be a table"}  # noqa: RUF012 -- marshmallow's own way

    class Meta:
        unknown = EXCLUDE  # so that our own words for an unknown key are used, below

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def no_unknown_keys(self, _data: Any, original: Any, **_: Any) -> None:
        if isinstance(original, dict):
            unknown = [key for key in original if key not in self.fields]
            if unknown:
                raise ValidationError({key: [unknown_key(key, self.fields)] for key in unknown})


class ServerTable(Table):
    database_url = Text(
        "where events are kept: `sqlite:///…` (a relative path starts in the working directory) "
        "or `postgresql://…`; `DATABASE_URL` wins over it",
        clean=checks.database_url,
    )
    public_url = Text(
        "the address that senders reach, for the setup guides and for senders that sign it",
        clean=checks.public_url,
    )
    admin_token = Text(
        "opens the console and the management API; without this and a `read_token` both are off",
        clean=checks.desk_token,
    )
    read_token = Text("opens them for whoever only looks: nothing can be changed with it", clean=checks.desk_token)
    retention_days = Number("how long payloads and attempts are kept after an event is settled, in days", 1, 36_500)
    encryption_key = Texts(
        "seals personal data in the database; several while one is being replaced: the first seals, all of them open",
        one=True,
        item=checks.encryption_key,
    )
    max_body_bytes = Number("the largest body that is accepted, in bytes", 1024, 100 * _MIB)
    host = Text("the address to listen on; `0.0.0.0` for every interface")
    port = Number("the port to listen on; `PORT` wins over it", 0, 65_535)
    workers = Number("processes that accept webhooks", 1, 256)
    threads = Number("threads in each of these processes", 1, 1024)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Server:
        keys = tuple(data.pop("encryption_key", ()))
        return Server(**data, encryption_key=keys)


class UpstreamTable(Table):
    base_url = Text("the contacts API; `https://`, or `http://` on this machine only", clean=checks.base_url)
    rate_limit = Number("requests a minute from this address, for all processes together", 1, 1_000_000)
    connect_timeout = Seconds("how long a connection may take")
    read_timeout = Seconds("how long an answer may take")
    concurrency = Number("requests that may be under way at the same time", 1, 1024)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Upstream:
        return Upstream(**data)


class AlertsTable(Table):
    to = Texts(
        "whom to tell what is wrong: `https://…` gets JSON, `mailto://…` a mail, and so on for all that apprise knows",
        one=True,
        item=checks.alert_address,
    )
    upstream_down_minutes = Number("how long the upstream is down before it is told", 1, 10_080)
    waiting_minutes = Number("how long an event waits before it is told", 1, 10_080)
    refusals_in_a_row = Number("how many webhooks in a row to a source are not genuine before it is told", 1, 200)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Alerts:
        return Alerts(**{**data, "to": tuple(data.get("to", ()))})


class OrgTable(Table):
    org_id = Text("the organization's id; `c` is the one that the key was issued for", clean=checks.identifier)
    api_key = Text("the organization's API key", required=True, clean=checks.credential)
    bulk = Switch("creates new people many at a call when more is waiting than the rate limit clears in a minute")


class SegmentTable(Table):
    id = Text("the segment that a contact joins", required=True, clean=checks.identifier)
    when = Jmespath("joins when this holds over the payload", required=True)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Segment:
        return Segment(**data)


class ContactTable(Table):
    user_id = Jmespath("the person's id at the sender")
    name = Jmespath("the full name")
    email = Jmespath("the e-mail address")
    phone = Jmespath("the phone number")
    contact_id = Jmespath("the upstream contact, where the sender knows it")
    consent = Jmespath("whether the person agreed to marketing: yes or no, true or false, granted or refused …")
    consent_at = Jmespath("when the person said so")


class SourceTable(Table):
    provider = Text("the kind of sender: `contact-bridge providers` lists them", required=True, clean=checks.provider)
    org = Text("where the contacts go; may be left out when there is one org")
    secret = Texts("what the sender signs with, or shows; several while one is being replaced", one=True)
    retired_secret = Texts("opens nothing: only tells an old secret from a wrong one in the log", one=True)
    token = Text("for senders that name people by number only: opens their API", clean=checks.credential)
    auth = Choice("how a sender that signs nothing itself proves who it is", AUTHS)
    header = Text("for `header` and `hmac`: where the secret or the signature stands", clean=checks.header)
    parameter = Text("for `query`: the parameter that holds the secret")
    algorithm = Choice("for `hmac`", ("sha1", "sha256", "sha512"))
    encoding = Choice("for `hmac`: how the signature is written", ("hex", "base64"))
    prefix = Text("for `hmac`: what stands before the signature, such as `sha256=`")
    timestamp_header = Text("for `hmac`: where the signed time stands", clean=checks.header)
    timestamp_unit = Choice("for `hmac`: seconds or milliseconds since 1970", ("s", "ms"))
    tolerance = Number("for `hmac`: how many seconds the signed time may be off, both ways", 1, 7 * 86_400)
    signed = Text(
        "for `hmac`: what is signed; `{body}`, or `{timestamp}.{body}` with a timestamp_header, unless given",
        clean=checks.signed,
    )
    segment_ids = Texts("segments that every contact of this source joins", empty=True, item=checks.identifier)
    consent = Choice("what marketing consent does: respected, required, or not looked at", list(ConsentMode))
    default_region = Text("the country of phone numbers without a country code (ISO 3166)", clean=checks.region)
    events = Texts("the sender's event types to take; every one that the provider maps unless given")
    when = Jmespath("events are ignored unless this holds over the payload")
    event_id = Jmespath("the id of an event: what comes twice with the same id is one event")
    event_type = Jmespath("the type of an event")
    occurred_at = Jmespath("when it happened: ISO 8601, or seconds or milliseconds since 1970")
    strict = Switch("for a relay: answers 422 to the caller when no contact can be made")
    contact = fields.Nested(ContactTable, metadata={"help": "where the parts of a contact are in the payload"})
    segments = fields.List(
        fields.Nested(SegmentTable),
        error_messages={"invalid": "must be tables, each written as [[…]]"},
        metadata={"help": "segments that only some contacts join"},
    )


class Document(Table):
    server = fields.Nested(ServerTable, metadata={"help": "the service itself"})
    upstream = fields.Nested(UpstreamTable, metadata={"help": "the contacts API"})
    alerts = fields.Nested(AlertsTable, metadata={"help": "whom to tell what is wrong"})
    orgs = Tables("organizations of the contacts API, by name", OrgTable, checks.name)
    sources = Tables("endpoints, by name: `/hooks/<name>`", SourceTable, checks.source_name)
