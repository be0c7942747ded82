"""From events to contacts: what is looked at first, what wins, and the reasons in words."""

import pytest
from mapping_events import customer, from_shopify, relayed

from app.contact import Finding
from app.expressions import ExpressionError, expression
from app.webhook import EventStatus


def test_it_lets_the_sources_own_expressions_win():
    payload = {**customer(None), "note": "b@example.com", "code": "K-1"}

    result = from_shopify(payload, contact={"email": "note", "user_id": "code", "phone": "missing"})

    assert result.contact.email == "b@example.com"
    assert result.contact.user_id == "K-1"
    assert result.findings["email"] == Finding("b@example.com", "note")


def test_it_keeps_what_the_provider_found_where_an_expression_finds_nothing():
    assert from_shopify(customer(None), contact={"email": "note"}).contact.email == "ann@example.com"


def test_it_notes_an_expression_that_does_not_fit_the_payload():
    result = from_shopify(customer(None), contact={"name": "join(' ', id)"})

    assert result.status is EventStatus.PENDING
    assert result.notes == ("name: the expression does not fit this payload (join(' ', id))",)


def test_it_guesses_nothing_where_a_relay_says_where_things_are():
    payload = {"lead": {"mail": "ann@example.com"}, "name": "Not Ann", "phone": "+12125550123"}

    result = relayed(payload, contact={"email": "lead.mail"})

    assert (result.contact.email, result.contact.name, result.contact.phone) == ("ann@example.com", None, None)


def test_it_takes_the_one_member_of_a_list():
    assert relayed({"mails": ["ann@example.com"]}, contact={"email": "mails"}).contact.email == "ann@example.com"


def test_it_prefixes_the_senders_id_with_the_providers_name():
    assert from_shopify(customer(None)).contact.user_id == "shopify:7"


@pytest.mark.parametrize("identity", [True, {"a": 1}, [], "", None])
def test_it_makes_no_user_id_of_what_is_none(identity: object):
    assert from_shopify({"id": identity, "email": "ann@example.com"}).contact.user_id is None


def test_it_drops_a_bad_phone_beside_a_good_address_and_says_so():
    result = relayed(
        {"email": "ann@example.com", "phone": "555-555-SHIP"}, contact={"email": "email", "phone": "phone"}
    )

    assert result.contact.phone is None
    assert len(result.notes) == 1
    assert result.notes[0].startswith("phone left out: it is not a")
    assert result.notes[0].endswith("(phone)")


def test_it_drops_a_bad_address_beside_a_good_phone_and_says_so():
    result = relayed({"email": "ann@@example", "phone": "+12125550123"})

    assert result.contact.phone == "+12125550123"
    assert result.notes == ("email left out: it is not a valid e-mail address (field 'email' (its label))",)


def test_it_reads_a_phone_by_the_persons_country_before_the_sources():
    payload = {"id": 7, "phone": "020 7946 0123", "default_address": {"country_code": "gb"}}

    assert from_shopify(payload, default_region="US").contact.phone == "+442079460123"


def test_it_reads_a_phone_by_the_sources_region_where_the_persons_country_is_unknown():
    payload = {"id": 7, "phone": "(212) 555-0123", "default_address": {"country_code": {"no": "code"}}}

    assert from_shopify(payload, default_region="US").contact.phone == "+12125550123"


def test_it_collects_segments_once_and_in_order():
    segments = [{"id": "b", "when": "vip"}, {"id": "a", "when": "vip"}, {"id": "c", "when": "gone"}]

    result = relayed({"email": "ann@example.com", "vip": True}, segment_ids=["a", "z"], segments=segments)

    assert result.contact.segment_ids == ("a", "z", "b")
    assert result.findings["segment_ids"].origin == "segment_ids of the source; when vip"


def test_it_says_where_each_part_came_from():
    findings = relayed({"first_name": "Ann", "last_name": "Lee", "email": "Ann@Example.com"}).findings

    assert findings["name"] == Finding("Ann Lee", "fields 'first_name' and 'last_name' (their labels)")
    assert findings["email"] == Finding("Ann@example.com", "field 'email' (its label)")


def test_an_expression_that_is_none_is_refused_before_it_is_used():
    with pytest.raises(ExpressionError):
        expression("join(")
