"""Tells a test what the sidecar that it runs holds: Python imports this at the start of a process.

Whoever connects to the port in `COUNTED_PORT_FILE` is told how many Python objects there are.
"""

import gc
import os
import socket
import sys
import threading
from pathlib import Path


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            # Twice: what a first round ends may keep a second one's alive.
            gc.collect()
            gc.collect()
            connection.sendall(str(len(gc.get_objects())).encode())


def listen(port_file):
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    port_file.write_text(str(listener.getsockname()[1]), "utf-8")


# Its workers inherit the environment, and are not what is looked at.
if "COUNTED_PORT_FILE" in os.environ and sys.orig_argv[-1] == "serve":
    listen(Path(os.environ["COUNTED_PORT_FILE"]))
