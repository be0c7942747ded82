"""What README, docs/ and CHANGELOG.md show: code, commands, links and headings."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

_BLOCK = re.compile(r"(?ms)^( *)```(\w+)\n(.*?)^ *```$")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TAG = re.compile(r'<(?:a href|img src)="([^"]+)"')
_BETWEEN = re.compile(r"&&|\|\||;|\|")
_WITHIN = re.compile(r"\$\(([^()]*)\)")  # a command whose output stands in another one


@dataclass(frozen=True)
class Block:
    """One fenced block, without its indentation."""

    document: Path
    language: str
    text: str

    @property
    def commands(self) -> Iterator[list[str]]:
        """The words of each command; of what is shown with its output, those after a prompt."""
        text = self.text.replace("\\\n", " ")
        lines = re.findall(r"(?m)^\$ (.*)$", text) if self.language == "text" else text.splitlines()
        yield from (words for line in lines for words in commands(line))


def blocks(*languages: str) -> list[Block]:
    return [
        Block(path, language, re.sub(rf"(?m)^{indent}", "", text))
        for path in DOCUMENTS
        for indent, language, text in _BLOCK.findall(path.read_text("utf-8"))
        if language in languages
    ]


def commands(line: str) -> Iterator[list[str]]:
    """The words of each of our commands in a line of a shell (or of cron), from the program's name on."""
    line = re.split(r"(?:^|\s)#", line)[0]
    for part in [*_BETWEEN.split(_WITHIN.sub("within", line)), *_WITHIN.findall(line)]:
        try:
            words = shlex.split(part)
        except ValueError:  # half of what is between quotes
            continue
        if words[:1] == ["kubectl"]:  # what has our name there is a thing in the cluster, but for what is run within
            words = words[words.index("--") :] if "--" in words else []
        for index, word in enumerate(words):
            if re.fullmatch(r"(?!-)(\S*/)?(contact-bridge|make)", word):
                yield words[index:]
                break


def inline(text: str) -> Iterator[list[str]]:
    """Commands between backticks in running text, over the ends of lines, too."""
    prose = re.sub(r"\n[ >#]*", " ", _BLOCK.sub("", text))
    for code in _CODE.findall(prose):
        if re.match(r"(\S*/)?(contact-bridge|make) ", code):
            yield from commands(code)


def links(path: Path) -> list[str]:
    """The targets of links and pictures that lead to no other site."""
    prose = _CODE.sub("", _BLOCK.sub("", path.read_text("utf-8")))
    return [target for target in _LINK.findall(prose) + _TAG.findall(prose) if not re.match(r"[a-z]+:", target)]


def anchors(path: Path) -> set[str]:
    """What a link can name in a document, after "#"."""
    headings = re.findall(r"(?m)^#+ (.+)$", _BLOCK.sub("", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
