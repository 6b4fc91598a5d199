"""Which brackets are open at the cursor, and which of them nothing after it closes."""

from dataclasses import dataclass, replace

from phi_sidecar.completion.indentation import indent_of
from phi_sidecar.completion.language import Language
from phi_sidecar.completion.lexical import Kind, stretches

PARTNER = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Bracket:
    """A bracket without its partner.

    Attributes:
        character: the bracket itself.
        offset: where it stands in the text that was looked at.
        indent: the whitespace that its line begins with.
        leads: nothing but whitespace stands before it on its line.
    """

    character: str
    offset: int
    indent: str
    leads: bool

    def shifted(self, by: int) -> "Bracket":
        """Return it for a text that begins elsewhere."""
        return replace(self, offset=self.offset + by)


def unpaired(text: str, language: Language) -> tuple[list[Bracket], list[Bracket]]:
    """Return the closers without an opener and the openers without a closer, each in order."""
    openers: list[Bracket] = []
    closers: list[Bracket] = []
    for stretch in stretches(text, language):
        if stretch.kind is not Kind.BRACKET:
            continue
        bracket = _bracket(text, stretch.start)
        partner = PARTNER.get(bracket.character)
        if partner is None:
            openers.append(bracket)
        elif any(opener.character == partner for opener in openers):
            while openers.pop().character != partner:
                pass
        else:
            closers.append(bracket)
    return closers, openers


def left_open(before: str, after: str, language: Language) -> tuple[tuple[Bracket, ...], int]:
    """Return the brackets open at the cursor that nothing after it closes, outermost first.

    With them comes how many of the outermost stand outside of every closer that was seen.
    """
    _, openers = unpaired(before, language)
    closers, _ = unpaired(after, language)
    missing: list[Bracket] = []
    for closer in closers:
        if not any(opener.character == PARTNER[closer.character] for opener in openers):
            break
        opener = openers.pop()
        while opener.character != PARTNER[closer.character] or _is_deeper(opener, closer):
            missing.append(opener)
            if not openers:
                break
            opener = openers.pop()
    return (*openers, *reversed(missing)), len(openers)


def _is_deeper(opener: Bracket, closer: Bracket) -> bool:
    # A closer that stands first on its line belongs to an opener whose line is indented alike.
    return closer.leads and len(opener.indent) > len(closer.indent)


def _bracket(text: str, offset: int) -> Bracket:
    line_start = text.rfind("\n", 0, offset) + 1
    indent = indent_of(text[line_start:offset])
    return Bracket(text[offset], offset, indent, leads=line_start + len(indent) == offset)
