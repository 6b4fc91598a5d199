"""A package index on loopback, with wheels made on the spot."""

import base64
import contextlib
import hashlib
import os
import threading
import zipfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

HEAVY_BYTES = 1_500_000
"""Large enough for a download of its own, and for pip to tell its progress."""


def make_wheel(name, version="1.0", files=None, heavy=False):
    """Return a wheel's file name and content."""
    files = dict(files or {f"{name}.py": b"VALUE = 1\n"})
    if heavy:
        files[f"{name}_data.bin"] = os.urandom(HEAVY_BYTES)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = [
        f"{path},sha256={_urlsafe(content)},{len(content)}" for path, content in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return f"{name}-{version}-py3-none-any.whl", buffer.getvalue()


def _urlsafe(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


class LoopbackIndex:
    """Serves wheels; can hold a file back in the middle, and counts what is asked for."""

    def __init__(self):
        self.wheels = {}
        self.fetched = Counter()
        self.held_back = set()
        self.halfway = threading.Event()
        self.release = threading.Event()
        index = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                with contextlib.suppress(ConnectionError):
                    index.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/simple/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def add(self, name, version="1.0", **options):
        """Offer a wheel; return the line of a lock that pins it."""
        filename, content = make_wheel(name, version, **options)
        self.wheels[filename] = content
        return self.pin(filename)

    def pin(self, filename):
        name, version = filename.split("-")[:2]
        return f"{name}=={version} --hash=sha256:{self.sha256(filename)}\n"

    def sha256(self, filename):
        return hashlib.sha256(self.wheels[filename]).hexdigest()

    @property
    def wheel_bytes(self):
        return {filename: len(content) for filename, content in self.wheels.items()}

    def answer(self, request):
        kind, _, rest = request.path.strip("/").partition("/")
        if kind == "simple":
            links = "".join(
                f'<a href="/files/{name}">{name}</a>'
                for name in self.wheels
                if name.split("-")[0].replace("_", "-") == rest
            )
            self.send(request, f"<!DOCTYPE html><html><body>{links}</body></html>".encode())
            return
        self.fetched[rest] += 1
        content = self.wheels[rest]
        if rest not in self.held_back:
            self.send(request, content)
            return
        middle = len(content) // 2
        self.send(request, content[:middle], length=len(content))
        request.wfile.flush()
        self.halfway.set()
        self.release.wait(30)
        request.wfile.write(content[middle:])

    def send(self, request, body, length=None):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body) if length is None else length))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def user_pip_settings(monkeypatch, url):
    """Set pip up as a person might have: only this index."""
    for key in list(os.environ):
        if key.startswith("PIP_") or key.lower().endswith("_proxy"):
            monkeypatch.delenv(key)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)
