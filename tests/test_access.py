"""Which token opens what."""

import pytest

from app.access import Access, Role
from app.config import Server

BOTH = Access(Server(admin_token="let-me-change", read_token="let-me-look"))


@pytest.mark.parametrize(
    ("token", "role"),
    [
        ("let-me-change", Role.ADMIN),
        ("let-me-look", Role.READER),
        ("let-me-chang", None),
        ("let-me-change ", None),
        ("LET-ME-CHANGE", None),
        ("", None),
        ("\udcff", None),
        ("x" * 100_000, None),
    ],
)
def test_it_tells_what_a_token_opens(token: str, role: Role | None) -> None:
    assert BOTH.role(token) is role


@pytest.mark.parametrize("server", [Server(), Server(admin_token=""), Server(admin_token=None, read_token="")])
def test_nothing_opens_where_no_token_is_configured(server: Server) -> None:
    access = Access(server)

    assert not access.enabled
    assert access.role("") is None


def test_a_token_to_look_is_enough_to_be_there() -> None:
    access = Access(Server(read_token="let-me-look"))

    assert access.enabled
    assert access.role("let-me-look") is Role.READER
    assert access.role("") is None
