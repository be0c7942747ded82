"""docs/first-minutes.md, word for word: each path with what it writes into bridge.toml, runs, and is shown."""

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
from cli_sandbox import Sandbox, start, stop
from documents import ROOT

pytestmark = pytest.mark.slow
TEXT = (ROOT / "docs" / "first-minutes.md").read_text("utf-8")
CHANGES = re.compile(r"contact_[0-9a-f]{20}|127\.0\.0\.1:\d+")  # from run to run, in what is shown
OUTSIDE = "From the stand-in to Invent"
LONGEST = 25  # lines of a path that are not blank


def section(title: str) -> str:
    return re.split(r"(?m)^## ", TEXT.split(f"\n## {title}\n")[1])[0]


def fenced(language: str, text: str) -> str:
    return "\n".join(re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text))


def code(text: str) -> list[str]:
    """What stands between backticks in running text, over the ends of lines, too."""
    return re.findall(r"`([^`]+)`", re.sub(r"\n", " ", re.sub(r"(?ms)^```.*?^```$", "", text)))


def exported(text: str) -> dict[str, str]:
    return dict(re.findall(r"\b([A-Z_]+(?:TOKEN|SECRET|KEY))=([\w-]+)", " ".join(re.findall(r"export .*", text))))


class Walk(NamedTuple):
    """A path of the page, begun: its text, what it exports, and its bridge in front of the stand-in."""

    text: str
    environment: dict[str, str]
    sandbox: Sandbox

    def run(self, line: str) -> tuple[str, str]:
        """What a line of the page prints, on both outputs."""
        words = shlex.split(line)
        said = dict(word.split("=", 1) for word in words[: words.index("contact-bridge")])
        done = self.sandbox.run(*words[len(said) + 1 :], **self.environment | said)
        return done.stdout, done.stderr


@pytest.fixture(scope="module", params=["A Shopify store", "A Typeform", "A Zap"])
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    before, text, folder = section("Before"), section(request.param), tmp_path_factory.mktemp("clone")
    (folder / "bridge.toml").write_text(f"{fenced('toml', before)}\n{fenced('toml', text)}", "utf-8")
    environment = exported(before) | exported(text)
    serve = next(line for line in code(text) if line.startswith("contact-bridge serve --sandbox "))
    sandbox = start(folder, *shlex.split(serve)[3:], PORT="0", **environment)
    yield Walk(text, environment, sandbox)
    assert stop(sandbox) == 0


def test_a_contact_comes_of_it_and_the_console_has_it(walk: Walk) -> None:
    command, first, *shown, last = CHANGES.sub("", fenced("text", walk.text)).splitlines()

    printed = CHANGES.sub("", walk.run(command.removeprefix("$ "))[0]).splitlines()
    listed = events_in_the_console(walk)

    assert first == last == "…"
    assert [line for line in printed if line in shown] == shown
    assert "delivered" in listed
    assert len([line for line in walk.text.splitlines() if line]) < LONGEST


def events_in_the_console(walk: Walk) -> str:
    """What the console lists for somebody who signs in as the page says."""
    found = re.search(r"Console +(http://\S+/console/) ", walk.sandbox.out)
    [token] = [one for one in code(section("In the console")) if one == walk.environment["BRIDGE_ADMIN_TOKEN"]]
    assert found
    with requests.Session() as browser:
        form = browser.get(found[1])
        fields = dict(re.findall(r'name="(\w+)" (?:type="hidden" )?value="([^"]*)"', form.text))
        browser.post(form.url, {**fields, "who": "Ada", "token": token}).raise_for_status()
        return browser.get(f"{found[1]}events").text


def test_check_names_the_address_here_and_the_one_for_the_sender(walk: Walk) -> None:
    [address] = [one for one in code(walk.text) if one.startswith("http://")]
    file = walk.sandbox.folder / "outside.toml"
    [line] = [one for one in code(section(OUTSIDE)) if one.startswith("public_url")]
    file.write_text((walk.sandbox.folder / "bridge.toml").read_text().replace("[server]", f"[server]\n{line}", 1))

    here, outside = walk.run("contact-bridge check")[0], walk.run("contact-bridge check --config outside.toml")[0]

    assert "bridge.toml is fine: 1 org, 1 source\n" in here
    assert f"  {address}\n" in here
    [shown] = [one for one in code(section(OUTSIDE)) if one.startswith("https://")]
    assert f"  {shown.removesuffix('…')}{address.rpartition('/')[2]}\n" in outside


def test_a_wrong_secret_is_told_as_it_is_shown(walk: Walk) -> None:
    [wrong] = [one for one in code(walk.text) if "=wrong " in one]
    [why] = [one for one in code(walk.text) if one.startswith('"source": ')]

    printed, told = walk.run(wrong)

    assert printed.startswith("401 ")
    assert "in the bridge's log" in told
    walk.sandbox.wait_until(why)
