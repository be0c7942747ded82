"""A real Prometheus on loopback, with the rules of deploy/."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml
from serve_process import until

from tests.needed import missing

RULES = Path(__file__).parent.parent.parent / "deploy/prometheus/alerts.yaml"
INTERVAL = "1s"  # of scrapes and of rules; a scrape may take as long


@dataclass
class Prometheus:
    address: str
    targets: int

    def ask(self, what: str, **query: object) -> Any:
        answer = requests.get(f"http://{self.address}/api/v1/{what}", params=query, timeout=10).json()  # type: ignore[arg-type]
        assert answer["status"] == "success", (query, answer)
        return answer["data"]

    def series(self, query: str) -> list[Any]:
        """Return what a query finds now."""
        return list(self.ask("query", query=query)["result"])

    def look(self) -> None:
        """Wait until every target has been scraped once more."""
        seen = f"count(up == 1 and timestamp(up) > {time.time()}) == {self.targets}"
        until(lambda: self.series(seen))


@contextmanager
def prometheus(folder: Path, targets: Sequence[str]) -> Iterator[Prometheus]:
    found = shutil.which("prometheus")
    if not found:
        missing("there is no Prometheus here: Debian's package prometheus has one")
    configuration = {
        "global": {"scrape_interval": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [str(RULES)],
        "scrape_configs": [{"job_name": "contact-bridge", "static_configs": [{"targets": list(targets)}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    command = [found, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (
        (folder / "prometheus.log").open("wb") as out,
        subprocess.Popen([*command, "--web.listen-address=127.0.0.1:0"], stdout=out, stderr=out) as running,
    ):
        try:
            log = (folder / "prometheus.log").read_text
            until(lambda: "Server is ready" in log() or running.poll() is not None)
            assert running.poll() is None, log()
            listening = re.search(r'"Listening on".* address=(\S+)', log())
            assert listening
            yield Prometheus(listening[1], len(targets))
        finally:
            running.terminate()
