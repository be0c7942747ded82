"""JMESPath over payloads."""

import gc
import weakref

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.expressions import ExpressionError, expression

LEAD = {"first": " Ann ", "last": None, "tags": "vip, new,,", "score": 0, "no": False, "list": [], "text": ""}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("first", " Ann "),
        ("missing.deeper", None),
        ("join(' ', [first, last, missing])", "Ann"),
        ("join('-', [score, no])", "0-False"),
        ("split(tags, ',')", ["vip", "new"]),
        ("split(missing, ',')", []),
        ("split(tags, '')", []),
        ("contains(split(tags, ','), 'vip')", True),
    ],
)
def test_it_finds_what_is_asked_for(text: str, found: object):
    assert expression(text).find(LEAD) == found


@pytest.mark.parametrize(
    "text", ["join(' ', first)", "sum(tags)", "length(score)", "max(list, 'x')", "split(score, ',')"]
)
def test_it_finds_nothing_where_the_payload_does_not_fit(text: str):
    try:
        compiled = expression(text)
    except ExpressionError:
        return  # wrong for every payload, and said at once

    assert compiled.find(LEAD) is None
    assert compiled.holds(LEAD) is False
    with pytest.raises(ExpressionError, match=r"^" + text.split("(", maxsplit=1)[0]):
        compiled.search(LEAD)


@pytest.mark.parametrize(("text", "holds"), [
    ("first", True), ("score", True), ("no", False), ("last", False), ("list", False), ("text", False),
    ("`true`", True),
])  # fmt: skip
def test_a_condition_holds_unless_it_finds_nothing_false_or_empty(text: str, holds: bool):  # noqa: FBT001 -- expected
    assert expression(text).holds(LEAD) is holds


@pytest.mark.parametrize(
    "text", ["", "   ", "a b", "a[", "unknown(a)", "join(a)", "'open", "((((", "`text`", "a" + ".a" * 3 + ".", "&"]
)
def test_it_refuses_what_is_no_jmespath_when_it_is_compiled(text: str):
    with pytest.raises(ExpressionError):
        expression(text)


@given(st.text("abc.[]*|&@`'\"(), 0", max_size=15))
def test_it_compiles_any_text_or_says_that_it_cannot(text: str):
    try:
        compiled = expression(text)
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 -- most texts raise, some do not
    else:
        compiled.find(LEAD)


_NAMES = st.sampled_from(["a", "b", "c", '"d e"'])
_PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "d e"]), inner),
)


@given(st.lists(_NAMES, min_size=1, max_size=4), _PAYLOADS)
def test_names_with_dots_find_what_jmespath_itself_finds(names: list[str], payload: object):
    text = ".".join(names)

    assert expression(text).search(payload) == jmespath.search(text, payload)


def test_it_forgets_expressions_that_are_used_no_more() -> None:
    tried = [weakref.ref(expression(f"field_{number}")) for number in range(3_000)]

    gc.collect()

    assert sum(each() is not None for each in tried) <= 1_200


@pytest.mark.parametrize("text", ["list[]" + "|[?@]" * 300, "join(text, list)"])
def test_it_gives_up_on_what_would_keep_everybody_waiting(text: str) -> None:
    payload = {"list": ["x"] * 20_000, "text": "y" * 10_000}

    assert expression(text).find(payload) is None


def test_it_knows_how_far_what_it_finds_can_grow() -> None:
    assert expression("a.b || join(' ', [c, d])").growth == 2
    assert expression("[@,@]|[@,@]|{a: @, b: @, c: [@,@]}").growth == 24
