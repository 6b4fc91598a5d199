"""How other assistants fill a hole, made again from what their makers and users tell of them.

Each file is one way. They are run on the same model through the same worker, and what they do
with an answer is theirs, not ours. None of them was made for these models; what does not apply (a
model's own tokens for filling in the middle) is left out and said.
"""

from collections.abc import Mapping
from types import MappingProxyType

from quality.peers.chat_prefill import CHAT_PREFILL
from quality.peers.few_shot import FEW_SHOT
from quality.peers.hole_template import HOLE_TEMPLATE
from quality.peers.prefix import LINE_OR_BLOCK, PREFIX
from quality.peers.way import Way

WAYS: Mapping[str, Way] = MappingProxyType(
    {way.name: way for way in (PREFIX, LINE_OR_BLOCK, HOLE_TEMPLATE, CHAT_PREFILL, FEW_SHOT)}
)
"""Every way by its name."""
