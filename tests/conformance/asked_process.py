"""A script in a runtime's environment that answers line by line, started anew when it has ended."""

import json
import subprocess
import threading

from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import clean_environ

ANSWER_TIMEOUT_S = 180


class AskedProcess:
    """Asks a script; where it ends without an answer, the one who asked fails, not the next."""

    def __init__(self, python, script, folder):
        self._command = [str(python), "-I", "-X", "utf8", str(script), bootstrap.__file__]
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
        code = process.wait(60)
        process.stdout.close()
        return code
