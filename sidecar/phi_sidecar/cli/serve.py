"""`phi-sidecar serve`."""

import gc
import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phi_sidecar.engine.installation import Installation


def serve(log_level: str) -> int:
    """Serve an editor over stdin and stdout; returns the exit code."""
    # Collections during the imports find nothing and cost a third of the start. They begin when
    # everything is loaded.
    gc.disable()
    from phi_sidecar.lsp.serving import serve as serve_lsp
    from phi_sidecar.rpc import silence_pygls

    logging.basicConfig(
        stream=sys.stderr, level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    silence_pygls()
    return serve_lsp(_installation)


def _installation() -> "Installation":
    from phi_sidecar.engine.installation import user_installation

    return user_installation()
