"""JSON, whole, cut or spoilt."""

import json
import re

from rdv_mock.worlds.masking.addresses import without_segments
from rdv_mock.worlds.masking.extent import BLANKS, OPENING, balanced, end_of, end_of_line
from rdv_mock.worlds.masking.lines import in_lines
from rdv_mock.worlds.masking.markup import MARKUP
from rdv_mock.worlds.masking.names import HINT, MASK, Inner, is_refusal, is_secret, unescaped

_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)("|\\?\Z)', re.DOTALL)
_COLON = re.compile(r"\s*+(?::|=>?)\s*+")
_BETWEEN = re.compile(r"(?:[\s,:{}\[\]\ufeff]++|-?[0-9][0-9.eE+-]*+|true|false|null)*+")
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*+(?=[\s,}\]]|\Z)")
_LITERAL = re.compile(r"(?:true|false|null)(?=[\s,}\]]|\Z)")
_AFTER_A_VALUE = re.compile(r"\s*+(?:[,}\]]|\Z)")
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_NAMING = frozenset({"name", "key", "nom", "cle", "header", "field", "param", "parameter"})
_NAMED = frozenset({"value", "valeur", "val"})


class _Pair:
    """`{"name": "password", "value": …}`: one object, whose value may come first."""

    __slots__ = ("is_secret", "values")

    def __init__(self) -> None:
        self.is_secret = False
        self.values: list[int] = []


class _Objects:
    """The objects that are open, for those that are pairs of a name and a value."""

    def __init__(self, out: list[str]) -> None:
        self._out = out
        self._open = [_Pair()]

    def pass_by(self, gap: str) -> None:
        """The signs between two strings."""
        for sign in gap:
            if sign == "{":
                self._open.append(_Pair())
            elif sign == "}" and len(self._open) > 1:
                self._open.pop()

    def meet(self, key: str, value: str) -> bool:
        """Note a string value, with which the output ends; True when it must be masked."""
        pair = self._open[-1]
        if key in _NAMING and is_secret(value):
            pair.is_secret = True
            for index in pair.values:
                self._out[index] = f'"{MASK}"'
        elif key in _NAMED:
            if pair.is_secret:
                return True
            pair.values.append(len(self._out))
        return False


def in_json(text: str, inner: Inner) -> str | None:
    """JSON, whole, cut or spoilt; None where it turns out to be something else."""
    out: list[str] = []
    objects = _Objects(out)
    at, key = 0, ""
    while True:
        begin = text.find('"', at)
        begin = len(text) if begin < 0 else begin
        if end_of(_BETWEEN, text, at, begin) != begin:
            if MARKUP.search(text, at, begin):
                return None
            return "".join([*out, in_lines(without_segments(text[at:]), inner)])
        out.append(text[at:begin])
        objects.pass_by(text[at:begin])
        string = _STRING.match(text, begin)
        if string is None:
            return "".join(out)
        at = string.end()
        colon = _COLON.match(text, at)
        if colon is None:
            is_masked = objects.meet(key, unescaped(string[1])) if key else False
            out.append(f'"{MASK}"' if is_masked else _in_string(string, inner))
            key = ""
            continue
        at = colon.end()
        key = unescaped(string[1])
        if is_secret(key):
            shown, at = _value(text, at, key)
            out.append(_in_string(string, inner) + colon[0] + shown)
            key = ""
        else:
            out.append(_in_string(string, inner) + colon[0])
            key = (
                key.lower() if key.lower() in _NAMING | _NAMED and text[at : at + 1] == '"' else ""
            )


def _in_string(string: re.Match[str], inner: Inner) -> str:
    """A string that is no secret, but may hold one."""
    raw = string[1]
    if not HINT.search(raw):
        return string[0]
    text = unescaped(raw)
    shown = inner(text)
    if shown == text:
        return string[0]
    is_half = _HALF_OF_A_PAIR.search(shown) is not None
    return json.dumps(shown, ensure_ascii=is_half)[:-1] + string[2].lstrip("\\")


def _value(text: str, at: int, key: str) -> tuple[str, int]:
    """What to show of a secret that begins here, and where what follows begins."""
    shown, end = MASK, at
    if string := _STRING.match(text, at):
        is_shown = is_refusal(key, string[1]) and string[2] == '"'
        shown = string[0] if is_shown else f'"{MASK}' + string[2].lstrip("\\")
        end = string.end()
    elif text[at : at + 1] in OPENING:
        shown, end = f'"{MASK}"', balanced(text, at)
    elif literal := _LITERAL.match(text, at):
        shown, end = literal[0], literal.end()
    elif number := _NUMBER.match(text, at):
        shown, end = f'"{MASK}"', number.end()
    if end > at and _AFTER_A_VALUE.match(text, end):
        return shown, end
    return MASK if at < len(text) else "", end_of_line(text, end_of(BLANKS, text, end))
