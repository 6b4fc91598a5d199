"""A model hub on this machine, with faults on demand.

Speaks what the hub's client library asks: a repository's files with sizes and hashes, and the files
themselves, large ones through a redirect to another host, in ranges. Also a program, which serves
folders laid out as OWNER/NAME/FILES:

    python tests/unit/models/hub_server.py FOLDER [--port PORT] [--rate BYTES_PER_SECOND]
        [--commit SHA]
"""

import argparse
import dataclasses
import hashlib
import json
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LARGE_BYTES = 1 << 16
"""From here on a file is stored as the hub stores large ones: named by its SHA-256."""
_CHUNK_BYTES = 1 << 14


@dataclass
class Repository:
    files: dict[str, bytes | Path]
    commit: str
    hashes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def content(self, path):
        held = self.files[path]
        return held.read_bytes() if isinstance(held, Path) else held

    def size(self, path):
        held = self.files[path]
        return held.stat().st_size if isinstance(held, Path) else len(held)

    def is_large(self, path):
        return self.size(path) >= LARGE_BYTES

    def hash(self, path):
        """SHA-256 and git's SHA-1 of a file."""
        if path not in self.hashes:
            content = self.content(path)
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            self.hashes[path] = (hashlib.sha256(content).hexdigest(), git)
        return self.hashes[path]

    def entry(self, path):
        sha256, git = self.hash(path)
        entry = {"rfilename": path, "blobId": git, "size": self.size(path)}
        if self.is_large(path):
            lfs = {"sha256": sha256, "size": self.size(path), "pointerSize": 134}
            entry |= {"blobId": hashlib.sha1(sha256.encode()).hexdigest(), "lfs": lfs}
        return entry


@dataclass
class Faults:
    """What goes wrong; by a file's path in its repository, or `api` for the list of files.

    Attributes:
        statuses: answers instead of the right one, one for each request; the last one stays.
        retry_after_s: what goes with them.
        drops: how many bytes of each answer get through before the connection breaks.
        wrong: what is sent instead of the file.
        hangs: after how many bytes nothing comes any more, until `released` is set.
        rate: bytes per second; None for as fast as it goes.
        announced: sizes that are told instead of the right ones.
        ignore_ranges: every answer begins at the beginning.
        page: a page for people instead of every answer, as a network's sign-in shows it.
    """

    statuses: dict[str, list[int]] = field(default_factory=dict)
    retry_after_s: float | None = None
    drops: dict[str, list[int]] = field(default_factory=dict)
    wrong: dict[str, list[bytes]] = field(default_factory=dict)
    hangs: dict[str, int] = field(default_factory=dict)
    rate: float | None = None
    announced: dict[str, int] = field(default_factory=dict)
    ignore_ranges: bool = False
    page: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    hanging: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Request:
    """What was asked: the file's path in its repository, or `api`."""

    method: str
    about: str
    host: str
    range: str | None
    authorization: str | None
    user_agent: str


class LoopbackHub:
    """Serves until it is closed.

    Attributes:
        token: without it nothing is shown, as of a private repository.
        accepted: the token of who has accepted the terms; without it no file is handed out.
        any_revision: every repository is at whatever commit is asked for.
    """

    def __init__(self, port=0):
        self.repositories: dict[str, Repository] = {}
        self.commits: dict[tuple[str, str], Repository] = {}
        self.faults = Faults()
        self.token: str | None = None
        self.accepted: str | None = None
        self.any_revision = False
        self.requests: list[Request] = []
        self.sent_bytes = 0
        hub = self

        class Bound(_Handler):
            pass

        Bound.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Bound)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        # The same server by another name: to a client, another host.
        self.other_url = f"http://localhost:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def add(self, name, files, commit=None):
        """Add a repository, or its next commit; returns the commit."""
        known = json.dumps([name, sorted(files)]).encode()
        repository = Repository(dict(files), commit or hashlib.sha1(known).hexdigest())
        self.repositories[name] = repository
        self.commits[name, repository.commit] = repository
        return repository.commit

    def asked_for(self, about):
        return [request for request in self.requests if request.about == about]

    def close(self):
        self.faults.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: LoopbackHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def _answer(self):
        path = unquote(urlsplit(self.path).path)
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+?)(?:/revision/(.+))?", path):
            self._note("api")
            if self._refused("api"):
                return
            self._describe(match[1], match[2] or "main")
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)", path):
            self._note("tree")
            self._list_tree(*match.groups())
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._note(match[3])
            if self._refused(match[3]):
                return
            self._resolve(*match.groups())
        elif match := re.fullmatch(r"/large/([^/]+/[^/]+)/([^/]+)/(.+)", path):
            self._note(match[3])
            self._send_file(self.hub.commits[match[1], match[2]], match[3], {})
        else:
            self._plain(404, b"")

    def _note(self, about):
        get = self.headers.get
        self.hub.requests.append(
            Request(
                self.command,
                about,
                get("Host", "").partition(":")[0],
                get("Range"),
                get("Authorization"),
                get("User-Agent", ""),
            )
        )

    def _refused(self, about):
        faults = self.hub.faults
        if faults.page:
            self._plain(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"})
            return True
        token = self.headers.get("Authorization")
        if self.hub.token is not None and token != f"Bearer {self.hub.token}":
            self._plain(401, b"", {"X-Error-Code": "RepoNotFound"})
            return True
        statuses = faults.statuses.get(about, [])
        status = statuses[0] if statuses else 200
        if len(statuses) > 1:
            statuses.pop(0)
        if status == 200:
            return False
        headers = {}
        if faults.retry_after_s is not None:
            headers["Retry-After"] = str(faults.retry_after_s)
        self._plain(status, b"", headers)
        return True

    def _repository(self, name, revision):
        repository = self.hub.repositories.get(name)
        if repository is None:
            # Whether a repository is missing or private is nobody's business.
            self._plain(401, b"", {"X-Error-Code": "RepoNotFound"})
            return None
        if revision != "main" and self.hub.any_revision:
            repository = dataclasses.replace(repository, commit=revision)
            self.hub.commits[name, revision] = repository
        elif revision != "main":
            repository = self.hub.commits.get((name, revision))
        if repository is None:
            self._plain(404, b"", {"X-Error-Code": "RevisionNotFound"})
        return repository

    def _describe(self, name, revision):
        repository = self._repository(name, revision)
        if repository is None:
            return
        siblings = [repository.entry(path) for path in sorted(repository.files)]
        for sibling in siblings:
            announced = self.hub.faults.announced.get(sibling["rfilename"])
            sibling |= {} if announced is None else {"size": announced}
        told = {"id": name, "modelId": name, "sha": repository.commit, "siblings": siblings}
        body = json.dumps(told).encode()
        self._plain(200, body, {"Content-Type": "application/json"})

    def _list_tree(self, name, revision):
        repository = self._repository(name, revision)
        if repository is None:
            return
        listed = []
        for path in sorted(repository.files):
            entry = repository.entry(path)
            told = {"type": "file", "path": path, "size": entry["size"], "oid": entry["blobId"]}
            if "lfs" in entry:
                lfs = entry["lfs"]
                told["lfs"] = {"oid": lfs["sha256"], "size": lfs["size"], "pointerSize": 134}
            listed.append(told)
        body = json.dumps(listed).encode()
        self._plain(200, body, {"Content-Type": "application/json"})

    def _resolve(self, name, revision, path):
        repository = self._repository(name, revision)
        if repository is None:
            return
        if path not in repository.files:
            self._plain(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        accepted = self.hub.accepted
        if accepted is not None and self.headers.get("Authorization") != f"Bearer {accepted}":
            self._plain(403, b"", {"X-Error-Code": "GatedRepo"})
            return
        sha256, git = repository.hash(path)
        headers = {"X-Repo-Commit": repository.commit}
        if repository.is_large(path):
            headers |= {
                "X-Linked-Size": str(repository.size(path)),
                "X-Linked-Etag": f'"{sha256}"',
                "Location": f"{self.hub.other_url}/large/{name}/{repository.commit}/{path}",
            }
            self._plain(302, b"", headers)
        else:
            self._send_file(repository, path, headers | {"ETag": f'"{git}"'})

    def _send_file(self, repository, path, headers):
        faults = self.hub.faults
        body = repository.content(path)
        if faults.wrong.get(path):
            body = faults.wrong[path].pop(0)
        status, start = 200, 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and not faults.ignore_ranges:
            status, start = 206, int(asked[1])
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if status == 206 and start >= len(body):
            self._plain(416, b"")
            return
        body = body[start:]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        drops = faults.drops.get(path)
        cut = drops.pop(0) if drops else None
        self._send(body, cut, faults.hangs.get(path))

    def _send(self, body, cut, hang):
        sent = 0
        end = len(body) if cut is None else min(cut, len(body))
        try:
            while sent < end:
                if hang is not None and sent >= hang:
                    self.hub.faults.hanging.set()
                    self.hub.faults.released.wait(60)
                    self.close_connection = True
                    return
                chunk = body[sent : min(sent + _CHUNK_BYTES, end)]
                self.wfile.write(chunk)
                sent += len(chunk)
                self.hub.sent_bytes += len(chunk)
                if self.hub.faults.rate:
                    time.sleep(len(chunk) / self.hub.faults.rate)
        except OSError:
            # The client has gone.
            self.close_connection = True
            return
        if end < len(body):
            self.close_connection = True

    def _plain(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def serve(arguments):
    """Serve the repositories of a folder until the standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rate", type=float, help="bytes per second")
    parser.add_argument("--commit", help="what each repository is at")
    args = parser.parse_args(arguments)
    hub = LoopbackHub(args.port)
    hub.faults.rate = args.rate
    # The folders stand for whatever the product's catalog has pinned.
    hub.any_revision = True
    for root in sorted(args.folder.glob("*/*")):
        files = {
            file.relative_to(root).as_posix(): file for file in root.rglob("*") if file.is_file()
        }
        hub.add(root.relative_to(args.folder).as_posix(), files, args.commit)
    print(json.dumps({"url": hub.url, "repositories": sorted(hub.repositories)}), flush=True)
    sys.stdin.read()
    hub.close()


if __name__ == "__main__":
    serve(sys.argv[1:])
