"""A web server on this machine that answers as a test tells it to."""

from __future__ import annotations

import contextlib
import random
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from maya_stylize.convert import download

CONTENT = random.Random(7).randbytes(1_000_003)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.seen.append(dict(self.headers.items()))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        with contextlib.suppress(OSError):
            answer(self)

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.seen: list[dict[str, str]] = []
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/model.bin"


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Give a server that answers until the block ends, and is waited for on a busy machine."""
    with Server() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(download, "SILENCE_SECONDS", 600)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def serve(
    content: bytes = CONTENT, cut: int | None = None, etag: str = '"one"', **more: object
) -> Answer:
    """Answer like an honest server that knows Range and If-Range; hang up after `cut` bytes."""

    def answer(handler: Handler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and handler.headers.get("If-Range") == etag else 0
        if asked and start >= len(content):
            handler.head(416, Content_Length=0)
            return
        headers = {"Content_Length": len(content) - start, **more}
        if etag:
            headers["ETag"] = etag
        if start:
            headers["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        handler.head(206 if start else 200, **headers)
        handler.wfile.write(content[start:][:cut])

    return answer
