"""What is released: a wheel and an sdist, installed and run where the repository is not."""

import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from serve_process import until

from app import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
BUILD = "from flit_core import buildapi as flit; flit.build_wheel({0!r}); flit.build_sdist({0!r})"


def build(folder: Path, into: Path) -> None:
    """Build a wheel and an sdist, as `make dist` does."""
    into.mkdir()
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}
    subprocess.run([sys.executable, "-c", BUILD.format(str(into))], cwd=folder, env=environ, check=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "dist"
    build(ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Path:
    """The programs of an environment with the wheel, what requirements.lock names, and nothing else.

    What is locked is lent by this environment, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    [packages] = folder.glob("lib/python*/site-packages")
    for name in re.findall(r"(?m)^([\w.-]+)(?:\[[\w,]+\])?==", (ROOT / "requirements.lock").read_text("utf-8")):
        lend(name, packages)
    install = ["-m", "pip", f"--python={folder}", "install", "--quiet", "--no-index", "--no-deps", *built.glob("*.whl")]
    subprocess.run([sys.executable, *install], check=True)
    return folder / "bin"


def lend(name: str, packages: Path) -> None:
    try:
        found = distribution(name)
    except PackageNotFoundError:  # for another system
        return
    for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
        if not (packages / top).exists():
            (packages / top).symlink_to(str(found.locate_file(top)))


@pytest.fixture
def running(tmp_path: Path, installed: Path) -> Iterator[str]:
    """`contact-bridge serve --sandbox` in an empty folder."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    wanted = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}  # which is an extra, and not installed
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **wanted}
    command = [installed / "contact-bridge", "serve", "--sandbox", "--port", port]
    with (
        (tmp_path / "out").open("wb") as out,
        subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=out, stderr=out) as process,
    ):
        try:
            said = (tmp_path / "out").read_text
            until(lambda: "Stop it with Ctrl-C." in said() or process.poll() is not None)
            yield said()
        finally:
            process.terminate()


def test_it_runs_in_an_empty_folder_from_its_wheel(running: str, installed: Path, tmp_path: Path) -> None:
    where = subprocess.check_output([installed / "python", "-c", "import app; print(app.__file__)"], cwd=tmp_path)
    assert Path(where.decode().strip()).is_relative_to(installed.parent)
    assert "Contact Bridge is running" in running

    sent = subprocess.run(
        [installed / "contact-bridge", "send", "shopify", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["event"]["status"] == "delivered"
    assert "contact-bridge[otel]" in (tmp_path / "out").read_text()


def test_it_has_one_version(built: Path, installed: Path) -> None:
    names = sorted(path.name for path in built.iterdir())
    said = subprocess.check_output([installed / "contact-bridge", "--version"], text=True)

    assert names == [f"contact_bridge-{__version__}-py3-none-any.whl", f"contact_bridge-{__version__}.tar.gz"]
    assert said.split()[-1] == __version__
    assert f'version = "{__version__}"' not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_an_sdist_makes_the_same_wheel(built: Path, tmp_path: Path) -> None:
    [sdist], [wheel] = built.glob("*.tar.gz"), built.glob("*.whl")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    build(tmp_path / sdist.name.removesuffix(".tar.gz"), tmp_path / "again")
    [again] = (tmp_path / "again").glob("*.whl")

    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {i.filename: i.CRC for i in one.infolist()} == {i.filename: i.CRC for i in other.infolist()}
        assert "LICENSE" in {name.rpartition("/")[2] for name in one.namelist()}
