"""A disk that can be filled: a small tmpfs where one can be mounted (root), else a limit on the size of files."""

import errno
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_MEGABYTES = 512
_MEGABYTE = b"\0" * 2**20
_LIMIT_BYTES = 65536


class Disk:
    """``folder`` is on it. ``way`` says which of the two it is."""

    def __init__(self, folder: Path, *, mount: bool = True) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=0755", "soak", str(folder)]
        self._mounted = mount and bool(shutil.which("mount")) and not subprocess.run(
            command, capture_output=True, check=False
        ).returncode  # fmt: skip
        self.way = f"tmpfs of {_MEGABYTES} MB" if self._mounted else "RLIMIT_FSIZE of the processes that write"
        self._limited: set[int] = set()

    def fill(self, writers: Callable[[], Iterable[int]]) -> bool:
        """Leave no room, or none again where some was given back meanwhile; False if that cannot be done here.

        Where it is no disk of its own, nothing that ``writers`` (their ids) write may grow.
        """
        if self._mounted:
            with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
                while True:
                    ballast.write(_MEGABYTE)
            self._to_the_last_byte()
            return True
        try:
            for pid in writers():
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (_LIMIT_BYTES, resource.RLIM_INFINITY))
                    self._limited.add(pid)
        except PermissionError:  # PostgreSQL has a user of its own when root starts it
            self.way = "NOT FILLED: nothing can be mounted here, and the processes that write are another user's"
            return False
        return True

    def _to_the_last_byte(self) -> None:
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * 512)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        """Give the room back."""
        (self.folder / "ballast").unlink(missing_ok=True)
        while self._limited:
            with suppress(ProcessLookupError):
                unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(self._limited.pop(), resource.RLIMIT_FSIZE, unlimited)

    def close(self) -> None:
        """Take it away; a copy of what was on it stays."""
        if self._mounted:
            shutil.copytree(self.folder, self.folder.with_name("disk-copy"), ignore=shutil.ignore_patterns("*.bell"))
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
