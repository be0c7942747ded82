"""What somebody who means no good asks of the API."""

from api_kit import READER, Desk, problem

DOUBLED = "to_string(@" + "|[@,@]" * 40 + ")"


def test_whoever_looks_cannot_keep_a_worker_busy(desk: Desk) -> None:
    body = {"id": "x", "type": "t", "email": "ada@example.com"}

    answer = desk.post("preview", READER, source="landing", body=body, contact={"name": DOUBLED, "email": "email"})

    (mistake,) = problem(answer, 422, "invalid")["errors"]
    assert (mistake["pointer"], "too much" in mistake["detail"]) == ("#/contact/name", True)
