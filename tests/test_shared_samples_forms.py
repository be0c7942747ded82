"""What becomes of the form builders' own published payloads, where the facts about them are at hand."""

from pathlib import Path

import pytest
from provider_samples import NOW, source_for

from app.mapping import map_event
from app.store.documents import contact_to
from app.webhook import EventStatus, Webhook

FOLDER = Path(__file__).parent.parent.parent / "shared" / "facts" / "payloads"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=----JotformCapture"}
OURS = (
    *("jotform", "googleforms", "webflow", "framer", "fillout", "paperform", "formstack", "cognito", "wufoo"),
    *("gravityforms", "wpforms", "elementor", "contactform7", "ninjaforms", "fluentforms", "netlify"),
    *("formspree", "formbricks"),
)
JANE = {"name": "Jane Doe", "email": "jane.doe@example.com"}
US = {"default_region": "US"}

BECOMES = {
    "jotform__submission_multipart.txt": (MULTIPART, {}, "failed: neither e-mail nor phone: phone left out"),
    "jotform__rawRequest_only.json": (JSON, {}, "failed: neither e-mail nor phone: phone left out"),
    "googleforms__appsscript_forwarder_derived.json": (JSON, {}, JANE),
    "webflow__form_submission.json": (
        JSON,
        {},
        {"name": "Zaphod Beeblebrox", "email": "zaphod@heartofgold.ai"},
    ),
    "framer__form_submission_derived.json": (JSON, {}, JANE),
    "fillout__submission.json": (JSON, {}, "failed: neither e-mail nor phone: tried 2 form fields"),
    "formstack__captured_1.txt": (FORM, {}, "failed: neither e-mail nor phone: nothing to look in"),
    "formstack__contact_form_json.json": (
        JSON,
        US,
        {"name": "John Smith", "email": "user@example.com", "phone": "+12345556789"},
    ),
    "formstack__contact_form_urlencoded.txt": (
        FORM,
        US,
        {"name": "John Smith", "email": "user@example.com", "phone": "+12345556789"},
    ),
    "gravityforms__entry_all_fields_derived.json": (JSON, {}, JANE),
    "elementor__simple_derived.txt": (FORM, {}, JANE),
    "elementor__simple_nolabel_captured.txt": (
        FORM,
        {"default_region": "BR"},
        {"name": "Shara", "email": "shara@example.com", "phone": "+5531990000000"},
    ),
    "netlify__submission_created.json": (JSON, {}, {"name": "Raymond Testing", "email": "raymond@example.com"}),
    "formbricks__responseFinished.json": (JSON, {}, "ignored: a survey that names nobody"),
    "formbricks__testEndpoint.json": (JSON, {}, "ignored: a test that Formbricks sends"),
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder ../shared/facts/payloads is not there")


@pytest.mark.parametrize("file", BECOMES)
def test_a_published_form_becomes_what_it_should(file: str):
    headers, options, expected = BECOMES[file]
    source = source_for(file.partition("__")[0], options)

    (event,) = source.provider.read(source, Webhook((FOLDER / file).read_bytes(), headers), NOW)
    result = map_event(source, event)

    if isinstance(expected, str):
        assert f"{result.status}: {result.reason}".startswith(expected)
    else:
        assert result.status is EventStatus.PENDING
        assert contact_to(result.contact) == expected


def test_every_published_form_of_our_providers_is_looked_at():
    prefixes = tuple(f"{name}__" for name in OURS)

    assert {path.name for path in FOLDER.iterdir() if path.name.startswith(prefixes)} == BECOMES.keys()


@pytest.mark.parametrize(
    ("key", "identity", "signature"),
    [
        ("test", "1500877919", "54bc5cf9f57b9a1083c7e53d734cb0586933146ba6b2150e888a827dfb468ea7"),
        ("test1", "1500878955", "30dff7f180b6d69eab397a5d51719474df490b730514c253e8b5832d3b51b970"),
    ],
)
def test_deliveries_of_formstack_verify_and_keep_no_shared_secret(key: str, identity: str, signature: str):
    source = source_for("formstack", secrets=(key,))
    body = f"FormID=6606394&UniqueID={identity}&HandshakeKey=test".encode()
    webhook = Webhook(body, FORM | {"x-fs-signature": f"sha256={signature}"})

    source.scheme.verify(webhook, source.secrets, NOW)
    (event,) = source.provider.read(source, webhook, NOW)

    assert event.event_id == f"6606394/{identity}"
    assert b"HandshakeKey" not in event.body


def test_what_jotform_repeats_of_the_address_is_not_kept():
    source = source_for("jotform")
    body = (FOLDER / "jotform__submission_multipart.txt").read_bytes()

    (event,) = source.provider.read(source, Webhook(body, MULTIPART), NOW)

    assert b"auth=REDACTED" in body
    assert b"auth=REDACTED" not in event.body
    assert event.event_id == "4359113237427372574/1560102058628_91316277717866_GY31sbO"
    assert event.payload["formID"] == "91316277717866"


def test_the_test_of_formbricks_is_answered_before_its_secret_is_known_and_kept_after():
    source = source_for("formbricks")
    test = Webhook((FOLDER / "formbricks__testEndpoint.json").read_bytes(), JSON)
    signed = source.scheme.sign(test, source.secrets[0], NOW.now(NOW.tzinfo))

    assert source.provider.handshake(test, source.secrets) is not None
    assert source.provider.handshake(signed, ()) is not None
    assert source.provider.handshake(signed, source.secrets) is None
    assert source.provider.handshake(Webhook(b'{"event":"testEndpoint","data":{}}', JSON), ()) is None
