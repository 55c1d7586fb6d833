"""Text of no known grammar, line by line."""

import re
from urllib.parse import quote, unquote

from rdv_mock.worlds.masking.extent import OPENING, balanced, end_of, end_of_line
from rdv_mock.worlds.masking.names import MASK, Inner, is_refusal, is_secret

SCHEME = re.compile(r"(bearer|basic|dpop|digest|negotiate|ntlm|token) ", re.IGNORECASE)
_NAME = r"[^\s&;?#,{}()<>\"'=:|]"
_TO_A_NAME = re.compile(rf"(?:(?!{_NAME}).|{_NAME}++(?![\"']?[ \t]*+[:=]))*+", re.DOTALL)
_NAME_AND_SIGN = re.compile(rf"({_NAME}++)([\"']?)([ \t]*+)(=>?|:)[ \t]*+")
_INDENTED = re.compile(r"[|>]?[+-]?\d?[ \t]*+(?:\r?\n(?=[ \t\"'])[^\n]*+)++")
_PHRASE = re.compile("mot de passe", re.IGNORECASE)
_ENCODED = re.compile(r"[^\s&\"'<>=;]*+")
_QUOTED = re.compile(
    r"""(?:(["'])((?:(?!\1)[^\\\n]|\\.)*+)\1|true|false|null)(?=\s*+(?:[,}\]]|\Z))"""
)


def in_lines(text: str, inner: Inner) -> str:
    """Text of no known grammar: `name=…`, `name: …`, to the end of the line or the next `&`."""
    out: list[str] = []
    done = at = 0
    while True:
        at = end_of(_TO_A_NAME, text, at)
        pair = _NAME_AND_SIGN.match(text, at)
        if pair is None:
            break
        begin = pair.end()
        if _is_named_here(pair, text):
            out.append(_decoded_runs(text[done:at], inner))
            shown, at = _in_line(pair, text, begin)
            out.append(text[pair.start() : begin] + shown)
            done = at
        else:
            at = begin
    out.append(_decoded_runs(text[done:], inner))
    return "".join(out)


def _is_named_here(pair: re.Match[str], text: str) -> bool:
    name, quote_sign, blank, sign = pair.groups()
    before = text[pair.start() - 1] if pair.start() else ""
    if sign == ":":
        if "/" in name:  # `https://code.example:8080`
            return False
        if blank and not quote_sign and before not in {"", "\n"} and is_word(name):
            return (
                _PHRASE.match(text, max(0, pair.start() - 7)) is not None
            )  # « le code : » is prose
    return is_secret(name.rpartition("/")[2])


def is_word(name: str) -> bool:
    """Whether a name is as often a word of a sentence."""
    return name.lower() in {"code", "pin", "pass", "passe"}


def _in_line(pair: re.Match[str], text: str, begin: int) -> tuple[str, int]:
    """What is shown of a secret in a line, and where what follows begins."""
    name, quote_sign, _, sign = pair.groups()
    if text[begin : begin + 1] in OPENING:
        return MASK, end_of_line(text, balanced(text, begin))
    if sign == ":" and (below := _INDENTED.match(text, begin)):
        return MASK, below.end()
    if quote_sign and (quoted := _QUOTED.match(text, begin)):
        is_shown = quoted[2] is None or is_refusal(name, quoted[2])
        return (quoted[0] if is_shown else f"{quoted[1]}{MASK}{quoted[1]}"), quoted.end()
    end = end_of_line(text, begin)
    if text[begin - 1] == "=" and not quote_sign:
        ampersand = text.find("&", begin, end)
        end = ampersand if ampersand >= 0 else end
    value = text[begin:end]
    if sign == ":" and is_refusal(name, value.strip(" \t,}\"'")):
        return value, end
    scheme = SCHEME.match(value)
    return (scheme[0] if scheme else "") + MASK, end


def _decoded_runs(text: str, inner: Inner) -> str:
    """What is percent-encoded within a text, looked at in plain."""
    if "%" not in text:
        return text
    out = []
    at = 0
    while at < len(text):
        end = end_of(_ENCODED, text, at)
        run = text[at:end]
        if "%" in run:
            plain = unquote(run)
            shown = inner(plain) if plain != run else plain
            run = run if shown == plain else quote(shown, safe="*/:?#[]@!$()*+,;", errors="replace")
        out.append(run + text[end : end + 1])
        at = end + 1
    return "".join(out)
