"""`phi-sidecar serve`."""

import gc
import logging
import sys


def serve(log_level: str) -> int:
    """Serve an editor over stdin and stdout; returns the exit code."""
    # Collections during the imports find nothing and cost a third of the start.
    gc.disable()
    from phi_sidecar.engine.installation import user_installation
    from phi_sidecar.lsp.serving import serve as serve_lsp
    from phi_sidecar.rpc import silence_pygls

    logging.basicConfig(
        stream=sys.stderr, level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    silence_pygls()
    installation = user_installation()
    gc.freeze()
    gc.enable()
    return serve_lsp(installation)
