"""Fetch one file over HTTP: silence ends a transfer in seconds, a broken one is resumed."""

from __future__ import annotations

import http.client
import json
import os
import queue
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from maya_stylize.errors import ModelError

# Bytes done, bytes in all where that is known, and what is being done in words.
Report = Callable[[int, "int | None", str], None]

SILENCE_SECONDS = 5.0
LARGEST = 1_000_000_000
_TRIES = 5
_BLOCK = 1 << 18


def download(url: str, target: Path, report: Report) -> None:
    """Fetch a file; what an earlier call left half done is continued.

    Beside the target, ``NAME.part`` holds what has come so far and ``NAME.part.json`` what the
    server called that version (RFC 9110, If-Range), so that two versions are never mixed. One
    process at a time may fetch to the same target.

    Args:
        url: http or https.
        target: The file to make; appears only once it is whole.
        report: Called after every block.

    Raises:
        ModelError: The server is silent for five seconds, from the first packet on and name
            lookup included, or it refuses, or breaks off again and again.
        OSError: The file cannot be written.
    """
    part = _Part(url, target)
    host = urllib.parse.urlsplit(url).hostname or url
    text = f"Downloading from {host}"
    for _ in range(_TRIES):
        before = part.size
        try:
            _transfer(url, part, lambda done, total: report(done, total, text))
        except _BrokenOffError as error:
            if part.size == before:
                raise ModelError(f"{url}: {error}.") from error
        else:
            part.finish(target)
            return
    raise ModelError(f"{url}: the connection broke off {_TRIES} times.")


class _BrokenOffError(Exception):
    """The connection ended early; another try may go on from there."""


class _Part:
    """The file that grows, and the version of the original that it belongs to."""

    def __init__(self, url: str, target: Path) -> None:
        self._url = url
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """Return the request headers that ask for the rest; none where all of it is wanted."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            version = str(note["version"]) if note["url"] == self._url else ""
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            version = ""
        if not (version and self.size):
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": version}

    def restart(self, version: str) -> None:
        """Empty the file and note the version that will fill it; "" where it cannot be told."""
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps({"url": self._url, "version": version}), encoding="utf-8")

    def finish(self, target: Path) -> None:
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(target)
        self._note.unlink()


def _transfer(url: str, part: _Part, report: Callable[[int, int | None], None]) -> None:
    try:
        response, block = _open(urllib.request.Request(url, headers=part.headers()))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and part.size:
            part.restart("")
            raise _BrokenOffError("the server has no more than is here") from error
        raise ModelError(f"{url}: the server answers {error.code} {error.reason}.") from error
    with response:
        if response.status == 206:
            _check_range(response, part)
        else:
            part.restart(_version(response))
        done = part.size
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else None
        with part.path.open("ab") as file:
            while block:
                if max(total or 0, done + len(block)) > LARGEST:
                    part.restart("")
                    raise ModelError(f"{url}: the file is larger than any model.")
                file.write(block)
                done += len(block)
                report(done, total)
                block = _read(url, response)
    if total is not None and done < total:
        raise _BrokenOffError("the connection broke off")


def _open(request: urllib.request.Request) -> tuple[http.client.HTTPResponse, bytes]:
    """Return the answer and its first block.

    Connecting is done in a thread of its own, because neither a name lookup that hangs nor a
    server that sends its header drop by drop obeys the socket's timeout.
    """
    answer: queue.Queue[tuple[http.client.HTTPResponse, bytes] | Exception] = queue.Queue(1)

    def connect() -> None:
        try:
            response = urllib.request.urlopen(request, timeout=SILENCE_SECONDS)
            answer.put((response, response.read1(_BLOCK)))
        except (OSError, http.client.HTTPException, ValueError) as error:
            answer.put(error)

    threading.Thread(target=connect, daemon=True).start()
    url = request.full_url
    try:
        result = answer.get(timeout=SILENCE_SECONDS)
    except queue.Empty:
        raise ModelError(f"{url}: no answer within {SILENCE_SECONDS:g} seconds.") from None
    if isinstance(result, tuple):
        return result
    if isinstance(result, urllib.error.HTTPError):
        raise result
    if isinstance(result, ConnectionError | http.client.HTTPException):
        raise _BrokenOffError(f"the server breaks off ({type(result).__name__})") from result
    reason = result.reason if isinstance(result, urllib.error.URLError) else result
    raise ModelError(f"{url}: {reason}.") from result


def _read(url: str, response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(_BLOCK)
    except TimeoutError as error:
        raise ModelError(f"{url}: nothing came for {SILENCE_SECONDS:g} seconds.") from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenOffError("the connection broke off") from error


def _check_range(response: http.client.HTTPResponse, part: _Part) -> None:
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if not match or int(match[1]) != part.size:
        part.restart("")
        raise _BrokenOffError("the server sends another part of the file than asked for")


def _version(response: http.client.HTTPResponse) -> str:
    """Return what If-Range accepts: a strong ETag, else the date of the last change, else ""."""
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")
