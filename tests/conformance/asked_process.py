"""A process in a runtime's environment that is asked about a backend, anew when it has ended."""

import json
import subprocess
import threading
from pathlib import Path

from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import clean_environ

ASKED = Path(__file__).with_name("asked.py")
ANSWER_TIMEOUT_S = 180
END_TIMEOUT_S = 60


class AskedProcess:
    """Asks questions; where it ends without an answer, the one who asked fails, not the next.

    `questions` is the name of a file beside this one, which `asked.py` runs.
    """

    def __init__(self, python, questions, folder):
        script = [str(ASKED), bootstrap.__file__, str(ASKED.with_name(f"{questions}.py"))]
        self._command = [str(python), "-I", "-X", "utf8", *script]
        self._folder = folder
        self._process = None

    def ask(self, *order):
        """Return the answer to a name and its arguments."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                cwd=self._folder,
                env=clean_environ(),
            )
        limit = threading.Timer(ANSWER_TIMEOUT_S, self._process.kill)
        limit.start()
        try:
            self._process.stdin.write(json.dumps([str(part) for part in order]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            limit.cancel()
        if not line:
            code = self.close()
            raise AssertionError(f"the process ended with {code}")
        return json.loads(line)

    def close(self):
        """End it; returns how it ended."""
        if self._process is None:
            return None
        process, self._process = self._process, None
        process.stdin.close()
        try:
            return process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            process.stdout.close()
