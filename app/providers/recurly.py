"""Recurly: accounts of a subscription business; its JSON webhooks name an account, the API the person."""

from app.contact import At, Meaning, PersonSchema
from app.providers import Fetch, Provider, Rule
from app.reading import address, joined, path
from app.signatures import Hmac

_NOBODY = "an account with neither e-mail nor phone, as it is made by hand"


class Account(PersonSchema):
    """https://recurly.com/developers/api/ (get_account). The code is the merchant's own name for the account."""

    user_id = At("account_code")
    name = At("join(' ', [fetched.first_name, fetched.last_name])", "fetched.company")
    email = At("fetched.email")
    phone = At("fetched.address.phone")
    region = At("fetched.address.country")


class Recurly(Provider):
    title = "Recurly"
    docs = "https://docs.recurly.com/recurly-subscriptions/docs/webhooks"
    signature = Hmac(
        "Recurly-Signature", signed="{timestamp}.{body}", fields=("", ""), timestamp_unit="ms", tolerance=300
    )
    # ``id`` is the account's: what happened to it, and when, makes the event.
    event_id = joined(*map(path, ("object_type", "id", "event_type", "event_time")))
    event_type = path("join('.', [object_type, event_type])")
    occurred_at = path("event_time")
    events = {
        "account.created": Rule(Meaning.SIGNED_UP, Account, _NOBODY),
        "account.updated": Rule(Meaning.UPDATED, Account, _NOBODY),
        "account.reopened": Rule(Meaning.UPDATED, Account, _NOBODY),
    }
    ignores = {
        "account.closed": "an account was closed: no request to be forgotten",
        "account.*": "news of an account's balance, not of its person",
        "billing_info.*": "how an account pays; account.* tells of the person",
        "subscription.*": "a subscription of an account; account.* tells of the person",
    }
    fetch = Fetch(
        "v3.recurly.com",
        address("https://v3.recurly.com/accounts/code-{code}", code="account_code"),
        {"Authorization": "Basic {token}", "Accept": "application/vnd.recurly.v2021-02-25+json"},
    )
    setup = """\
1. In Recurly, open *Integrations > Webhooks* and choose *Configure*, then *New Endpoint*.
2. Paste {url}, choose the format *JSON* (XML webhooks are not signed) and the account notifications, and save.
3. Copy the endpoint's *secret key* into `secret`, as it is shown. After a new one, both sign for 24 hours.
4. Under *Integrations > API Credentials*, make a read-only key. `token` is that key with a colon, as base64:
   `printf '%s:' '<key>' | base64`. A webhook names an account only: the person is read from v3.recurly.com, where sites
   of the EU data centre are not."""
    delivery = "answers within 5 s; up to 10 retries with growing pauses (a sandbox may lag behind by 48 hours)"
