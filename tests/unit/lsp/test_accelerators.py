from lsprotocol import types as lsp
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.accelerators import select_accelerator

READY = p.Status(phase=p.Phase.ready, accelerator="a/b", accelerator_name="A")


class Server:
    """Downloads in small pieces before it switches."""

    def __init__(self):
        self.cancellable = {}
        self.streamed = []
        self.engine = self

    async def select(self, accelerator, report, *, model, quantization):
        for done in range(0, 10_000_001, 10_000):
            report(p.StepProgress(step="Fetching", bytes_done=done, bytes_total=10_000_000))
        report(p.StepProgress(step="Loading the model"))
        return READY

    def stream(self, token, value):
        self.streamed.append(value)


async def test_a_switch_that_downloads_tells_each_line_once():
    server = Server()
    params = p.SelectAcceleratorParams(accelerator="a/b", work_done_token="switch")
    assert await select_accelerator(server, params) is READY
    begin, *reports, end = server.streamed
    assert isinstance(begin, lsp.WorkDoneProgressBegin)
    assert isinstance(end, lsp.WorkDoneProgressEnd)
    megabytes = [f"Fetching, {done} of 10 MB" for done in range(11)]
    assert [report.message for report in reports] == [*megabytes, "Loading the model"]
    assert server.cancellable == {}
