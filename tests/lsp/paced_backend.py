"""A backend for tests: devices that write at a pace of their own, and one that cannot be loaded."""

from dataclasses import replace

from phi_sidecar.backends.base import Device, DeviceKind
from phi_sidecar.backends.echo import EchoModel
from phi_sidecar.errors import AcceleratorUnusable
from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role

_TOKEN_S = {"quick": 0.002, "slow": 0.01, "endless": 0.05, "refuses": 0.0, "brief": 0.002}


class _Writer(EchoModel):
    """Repeats the whole prompt, whichever kind it is."""

    def add(self, request):
        if isinstance(request.prompt, RawPrompt):
            message = ChatMessage(role=Role.user, content=request.prompt.text)
            request = replace(request, prompt=ChatPrompt(kind="chat", messages=[message]))
        super().add(request)


class Paced:
    id = "paced"
    environment = None
    needs_model = False
    devices = tuple(
        DeviceKind(name, f"Paced ({name})", False, f"No {name}.", "Install it.")
        for name in (*_TOKEN_S, "absent")
    )

    def probe(self):
        return [Device(name, f"Maker's {name}") for name in _TOKEN_S]

    def load(self, spec):
        if spec.device == "refuses":
            raise AcceleratorUnusable("It is out of memory.", remedy="Close other programs.")
        model = EchoModel if spec.device == "brief" else _Writer
        return model(token_s=_TOKEN_S[spec.device])
