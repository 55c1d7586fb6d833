"""What a call shows once its secrets are masked, in the journal, its HAR and the log.

A name decides (`is_secret`), wherever it stands: a header, a field of a form, of JSON or of XML, a
part, an address, a line of text. Some secrets declare themselves: a JWT, `Bearer …`, a private key.
Where a text leaves open how far a secret reaches, more of it is masked, not less.

Whoever sends a body chooses it, so time is linear in its length: a pattern never goes back over
what it has read (possessive), and is not tried again where it has failed. Everything is pure: any
thread may mask.
"""

import codecs
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, quote_plus, unquote, unquote_plus

MASK = "***"
LARGEST_UNPACKED = 1024 * 1024
"""Bytes of a compressed body that are looked at."""
DEEPEST = 5
"""Texts within texts (JSON in a form in an address …): what lies deeper is masked as a whole."""

_LONGEST_KNOWN_NAME = 64
_TIMES_ENCODED = 3

# ── Names ──────────────────────────────────────────────────────────────────────────────────────

_SECRET = re.compile(
    r"password|passwd|passphrase|passcode|mot(?:de)?passe|secret(?!ari|air)"
    r"|(?:token|jeton)s?(?:hint|value|valeur)?\d*$|(?:pwd|mdp|jwt|otp)\d*$"
    r"|(?:api|access|secret|private|signing|encryption|session|subscription|auth|master)key$"
    r"|cle(?:d)?(?:api|acces|privee)$|authorization$|cookies?2?$|(?<!allow)credentials?$|assertion$"
    r"|(?:session|sess)id$|(?:auth|authorization|oauth|device|user|access|session|sms|verification"
    r"|pin)code$|code(?:verifier|pin|(?:de)?verification)$"
    r"|^(?:x?(?:auth|code|pass)|passe|pin|bearer|samlresponse)$"
)
"""Of a name without signs, in lower case."""
_SIGNS = re.compile(r"[\W_]+")
_PARTS_OF_A_NAME = re.compile(r"[.\[\]:]+")
_REFUSAL = re.compile(r"[A-Z]+\d{0,4}(?:[_.-](?:[A-Z]+\d{0,4}|\d{1,4}))*")
"""`"code": "CODE_EN_MAJUSCULES"` is no code of a login."""


def is_secret(name: str) -> bool:
    """Whether what bears this name is a secret, however the name is written.

    `clientSecret`, `CLIENT_SECRET`, `client%5Fsecret`, `user[password]` and `x-client-secret` are.
    """
    if len(name) <= _LONGEST_KNOWN_NAME:
        return _is_known_secret(name)
    return _is_secret(name)


def _is_secret(name: str) -> bool:
    for _ in range(_TIMES_ENCODED):
        name = unquote_plus(name) if "%" in name or "+" in name else name
    if "\\" in name:
        name = _unescaped(name)
    if not name.isascii():
        name = normalize("NFKD", name)
    first, *others = [part for part in _PARTS_OF_A_NAME.split(name) if part] or [""]
    forms = {name, first if "[" in name else name, others[-1] if others else first}
    return any(_SECRET.search(_SIGNS.sub("", form).casefold()) for form in forms)


_is_known_secret = lru_cache(maxsize=2048)(_is_secret)


# ── What a call shows ──────────────────────────────────────────────────────────────────────────

_SCHEME = re.compile(r"(bearer|basic|dpop|digest|negotiate|ntlm|token) ", re.IGNORECASE)
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})
FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"[\s\ufeff]*+[\[{\"]")


class Shown(NamedTuple):
    """A body as it may be shown: whole, or as much as is known of it."""

    text: str
    is_text: bool
    """Whether the text says all: nothing of the bytes was lost in reading them."""
    is_masked: bool
    size: int
    """Bytes, once unpacked."""


def masked_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers without their secrets; of an Authorization, the scheme stays."""
    return [
        (shown, masked_header(shown, value.decode("latin-1")))
        for name, value in headers
        for shown in (name.decode("latin-1"),)
    ]


def masked_header(name: str, value: str) -> str:
    """What a header says, without its secrets."""
    if not is_secret(name):
        return value if name.lower() in _CHALLENGES else masked_text(value)
    scheme = _SCHEME.match(value) if name.lower() == "authorization" else None
    return scheme[0] + MASK if scheme else MASK


def masked_query(query: str) -> str:
    """A query, as it stands in an address."""
    return _in_form(query, 0) if query else query


def masked_text(text: str) -> str:
    """Any text: an address, a line, a document."""
    return _masked(text, 0)


def masked_body(body: bytes, content_type: str = "", content_encoding: str = "") -> Shown:
    """A body, read as it says that it is written, or as it looks."""
    unpacked = _unpacked(body, content_encoding)
    if unpacked is None:
        return Shown(MASK, is_text=True, is_masked=True, size=len(body))
    text, is_text = _decoded(unpacked, content_type)
    kind = content_type.lower().lstrip()
    if kind.startswith("multipart/") or _looks_like_parts(text):
        shown = _in_parts(text, content_type, 0)
    elif kind.startswith(FORM):
        shown = _in_form(text, 0)
    else:
        shown = _masked(text, 0, is_html="html" in kind)
    is_masked = shown != text or unpacked is not body
    return Shown(shown, is_text, is_masked, len(unpacked))


def _unpacked(body: bytes, content_encoding: str) -> bytes | None:
    """A body without its compression, as much as is looked at; None when it cannot be read."""
    encoding = content_encoding.lower().strip()
    if not body or (encoding in {"", "identity"} and not body.startswith(b"\x1f\x8b\x08")):
        return body
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        return None
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib by its head; a bare stream
        try:
            return zlib.decompressobj(bits).decompress(body, LARGEST_UNPACKED)
        except zlib.error:
            continue
    return None


_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEGINNING = 64


def _decoded(body: bytes, content_type: str) -> tuple[str, bool]:
    """The text of a body, and whether all of it was text."""
    charset = _charset_of(body, content_type)
    try:
        text = body.decode(charset)
    except ValueError:
        text = body.decode(charset, errors="replace")
        return text, not text.rstrip("\ufffd").count("\ufffd")  # it may be cut within a letter
    return text, "\0" not in text


def _charset_of(body: bytes, content_type: str) -> str:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return charset
    start = body[:_BEGINNING]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if abs(even - odd) * 4 > len(start):
        return "utf-16-le" if odd > even else "utf-16-be"
    named = _CHARSET.search(content_type)
    try:
        charset = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        return "utf-8"
    is_plain = charset.startswith(("iso8859", "cp125", "ascii")) and not _is_utf8(body)
    return charset if is_plain else "utf-8"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


# ── Any text ───────────────────────────────────────────────────────────────────────────────────

_HINT = re.compile(
    r"code|pass|pwd|mdp|pin|otp|jwt|token|jeton|secret|key|cle|auth|cookie|cred|assert|saml|sess"
    r"|bearer|basic|dpop|digest|negotiate|ntlm|eyj|://[^/\s@]*+@|[%\\]|&#",
    re.IGNORECASE,
)
"""A text without any of these holds no secret, or none that has a name."""
_MARKUP = re.compile(r"<[A-Za-z/?!]")
_BEGINS_AS_MARKUP = re.compile(r"[\s\ufeff]*+<")
_IS_HTML = re.compile(r"<(?:!doctype html|html|head|body|form|input|meta|p|div)\b", re.IGNORECASE)


def _masked(text: str, depth: int, *, is_html: bool = False) -> str:
    if not _HINT.search(text):
        return text
    if depth > DEEPEST:
        return MASK
    shown = _in_json(text, depth) if _JSON.match(text) else None
    if shown is None:
        shown = text if is_html or _BEGINS_AS_MARKUP.match(text) else _in_lines(text, depth)
        if _MARKUP.search(shown):
            is_html = is_html or _IS_HTML.search(shown) is not None
            shown = _in_markup(shown, depth, is_html=is_html)
    return _without_what_declares_itself(shown)


_BEGIN_KEY = "PRIVATE KEY-----"
_END_KEY = re.compile(r"-----END [A-Z ]{0,40}PRIVATE KEY-----")
_JWT = re.compile(r"[\w-]++(?:\.[\w-]*+)++")
_WORD = re.compile(r"[\w-]++")
_BY_SCHEME = re.compile(
    r"\b(bearer|basic|dpop|digest|negotiate|ntlm)\s++([A-Za-z0-9._~+/=-]++)", re.IGNORECASE
)
_ALONE = re.compile(r"\s*+(?:bearer|dpop)\s++(?!token\b)[^\s=]++=*+\s*+", re.IGNORECASE)
_OPAQUE = re.compile(r"[0-9_~+/=]|[a-z.-][A-Z]|[A-Z][A-Z][a-z]|.{24}")
_SHORTEST_OPAQUE = 8
_USER = re.compile(r"://([^/\s:@?#]*+):([^/\s@?#]*+)@")


def _without_what_declares_itself(text: str) -> str:
    if _BEGIN_KEY in text:
        text = "".join(_without_keys(text))
    if "eyJ" in text:
        text = "".join(_without_jwts(text))
    if "@" in text and "://" in text:
        text = _USER.sub(rf"://\1:{MASK}@", text)
    return "".join(_without_schemes(text))


def _without_keys(text: str) -> Iterator[str]:
    done = 0
    while (begin := text.find(_BEGIN_KEY, done)) >= 0:
        begin += len(_BEGIN_KEY)
        end = _END_KEY.search(text, begin)
        yield text[done:begin]
        yield MASK
        done = end.start() if end else len(text)
        if end:
            yield end[0]
            done = end.end()
    yield text[done:]


def _without_jwts(text: str) -> Iterator[str]:
    """Three parts in base64url, the first of which begins with eyJ, whatever stands before it."""
    done = at = 0
    while (at := text.find("eyJ", at)) >= 0:
        jwt = _JWT.match(text, at)
        if jwt is None:
            at = _end_of(_WORD, text, at)
            continue
        yield text[done:at]
        yield MASK
        done = at = jwt.end()
    yield text[done:]


def _without_schemes(text: str) -> Iterator[str]:
    """`Bearer …` and its like, in the midst of a text too."""
    done = at = 0
    stands_alone = _ALONE.fullmatch(text) is not None
    while found := _BY_SCHEME.search(text, at):
        value, at = found[2], found.end()
        is_param = value.endswith("=") and text[at : at + 1] in {'"', "'"}
        is_opaque = len(value) >= _SHORTEST_OPAQUE and _OPAQUE.search(value) is not None
        if (is_opaque or stands_alone) and not is_param:
            yield text[done : found.start(2)]
            yield MASK
            done = at
        else:
            at = found.start(2)
    yield text[done:]


def _end_of(pattern: re.Pattern[str], text: str, at: int, end: int = sys.maxsize) -> int:
    """Where a pattern that begins here ends; here, where it does not begin."""
    found = pattern.match(text, at, end)
    return found.end() if found else at


# ── Forms and addresses ────────────────────────────────────────────────────────────────────────

_INNER = re.compile(r"[;\r\n]")


def _in_form(text: str, depth: int) -> str:
    """`a=1&password=x`, names and values percent-encoded or not."""
    if not _HINT.search(text):
        return text
    if depth > DEEPEST:
        return MASK
    if _JSON.match(text) or _MARKUP.search(text):
        return _masked(text, depth)
    return "&".join([_in_pair(pair, depth) for pair in text.split("&")])


def _in_pair(pair: str, depth: int) -> str:
    name, is_given, value = pair.partition("=")
    if is_given and is_secret(name):
        return f"{name}={MASK}"
    if not _HINT.search(pair):
        return pair
    if _INNER.search(pair):
        return _in_lines(pair, depth)
    return _in_encoded(name, depth) + is_given + _in_encoded(value, depth)


def _in_encoded(text: str, depth: int) -> str:
    """A text that is percent-encoded; as it was where it holds no secret."""
    if not _HINT.search(text):
        return text
    plain = unquote_plus(text)
    shown = _masked(plain, depth + 1)
    if shown == plain:
        return text
    return quote_plus(shown, safe="*/:", errors="replace") if plain != text else shown


# ── JSON ───────────────────────────────────────────────────────────────────────────────────────

_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)("|\\?\Z)', re.DOTALL)
_COLON = re.compile(r"\s*+(?::|=>?)\s*+")
_BETWEEN = re.compile(r"(?:[\s,:{}\[\]\ufeff]++|-?[0-9][0-9.eE+-]*+|true|false|null)*+")
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*+(?=[\s,}\]]|\Z)")
_LITERAL = re.compile(r"(?:true|false|null)(?=[\s,}\]]|\Z)")
_BLANKS = re.compile(r"\s*+")
_AFTER_A_VALUE = re.compile(r"\s*+(?:[,}\]]|\Z)")
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]++|[\]}]++', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
_OPENING = frozenset("[{")
_NAMING = frozenset({"name", "key", "nom", "cle", "header", "field", "param", "parameter"})
_NAMED = frozenset({"value", "valeur", "val"})


def _unescaped(raw: str) -> str:
    """What a JSON string says, a wrong escape in it or not."""
    if "\\" not in raw:
        return raw
    try:
        text: str = json.loads(f'"{raw}"', strict=False)
    except ValueError:
        return _ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else one[2], raw)
    return text


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
        """What stands between two strings."""
        for sign in gap:
            if sign == "{":
                self._open.append(_Pair())
            elif sign == "}" and len(self._open) > 1:
                self._open.pop()

    def meet(self, key: str, value: str) -> bool:
        """A string value, which the output ends with; whether it is to be masked."""
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


def _in_json(text: str, depth: int) -> str | None:
    """JSON, whole, cut or spoilt; None where it turns out to be something else."""
    out: list[str] = []
    objects = _Objects(out)
    at, key = 0, ""
    while True:
        begin = text.find('"', at)
        begin = len(text) if begin < 0 else begin
        if _end_of(_BETWEEN, text, at, begin) != begin:
            if _MARKUP.search(text, at, begin):
                return None
            return "".join([*out, _in_lines(text[at:], depth)])
        out.append(text[at:begin])
        objects.pass_by(text[at:begin])
        string = _STRING.match(text, begin)
        if string is None:
            return "".join(out)
        at = string.end()
        colon = _COLON.match(text, at)
        if colon is None:
            is_masked = objects.meet(key, _unescaped(string[1])) if key else False
            out.append(f'"{MASK}"' if is_masked else _in_string(string, depth))
            key = ""
            continue
        at = colon.end()
        key = _unescaped(string[1])
        if is_secret(key):
            shown, at = _value(text, at, key)
            out.append(_in_string(string, depth) + colon[0] + shown)
            key = ""
        else:
            out.append(_in_string(string, depth) + colon[0])
            key = (
                key.lower() if key.lower() in _NAMING | _NAMED and text[at : at + 1] == '"' else ""
            )


def _in_string(string: re.Match[str], depth: int) -> str:
    """A string that is no secret, but may hold one."""
    raw = string[1]
    if not _HINT.search(raw):
        return string[0]
    text = _unescaped(raw)
    shown = _masked(text, depth + 1)
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
    elif text[at : at + 1] in _OPENING:
        shown, end = f'"{MASK}"', _balanced(text, at)
    elif literal := _LITERAL.match(text, at):
        shown, end = literal[0], literal.end()
    elif number := _NUMBER.match(text, at):
        shown, end = f'"{MASK}"', number.end()
    if end > at and _AFTER_A_VALUE.match(text, end):
        return shown, end
    return MASK if at < len(text) else "", _end_of_line(text, _end_of(_BLANKS, text, end))


def is_refusal(name: str, value: str) -> bool:
    """Whether a `code` is that of a refusal."""
    return name.lower() == "code" and _REFUSAL.fullmatch(value) is not None


def _balanced(text: str, at: int) -> int:
    """Where an object or a list ends; the end of the text when it does not."""
    level = 0
    for found in _BRACKETS.finditer(text, at):
        if found[0][0] in "[{":
            level += len(found[0])
        elif found[0][0] in "]}":
            if level <= len(found[0]):
                return found.start() + level
            level -= len(found[0])
    return len(text)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end - (text[end - 1 : end] == "\r" and end > at)


# ── Lines ──────────────────────────────────────────────────────────────────────────────────────

_NAME = r"[^\s&;?#,{}()<>\"'=:|]"
_TO_A_NAME = re.compile(rf"(?:(?!{_NAME}).|{_NAME}++(?![\"']?[ \t]*+[:=]))*+", re.DOTALL)
_NAME_AND_SIGN = re.compile(rf"({_NAME}++)([\"']?)([ \t]*+)(=>?|:)[ \t]*+")
_INDENTED = re.compile(r"[|>]?[+-]?\d?[ \t]*+(?:\r?\n(?=[ \t\"'])[^\n]*+)++")
_PHRASE = re.compile("mot de passe", re.IGNORECASE)
_ENCODED = re.compile(r"[^\s&\"'<>=;]*+")
_QUOTED = re.compile(
    r"""(?:(["'])((?:(?!\1)[^\\\n]|\\.)*+)\1|true|false|null)(?=\s*+(?:[,}\]]|\Z))"""
)


def _in_lines(text: str, depth: int) -> str:
    """Text of no known grammar: `name=…`, `name: …`, to the end of the line or the next `&`."""
    out: list[str] = []
    done = at = 0
    while True:
        at = _end_of(_TO_A_NAME, text, at)
        pair = _NAME_AND_SIGN.match(text, at)
        if pair is None:
            break
        begin = pair.end()
        if _is_named_here(pair, text):
            out.append(_decoded_runs(text[done:at], depth))
            shown, at = _in_line(pair, text, begin)
            out.append(text[pair.start() : begin] + shown)
            done = at
        else:
            at = begin
    out.append(_decoded_runs(text[done:], depth))
    return "".join(out)


def _is_named_here(pair: re.Match[str], text: str) -> bool:
    name, quote_sign, blank, sign = pair.groups()
    before = text[pair.start() - 1] if pair.start() else ""
    if sign == ":":
        if "/" in name:  # `https://code.example:8080`
            return False
        if blank and not quote_sign and before not in {"", "\n"} and _is_word(name):
            return (
                _PHRASE.match(text, max(0, pair.start() - 7)) is not None
            )  # « le code : » is prose
    return is_secret(name.rpartition("/")[2])


def _is_word(name: str) -> bool:
    return name.lower() in {"code", "pin", "pass", "passe"}


def _in_line(pair: re.Match[str], text: str, begin: int) -> tuple[str, int]:
    """What is shown of a secret in a line, and where what follows begins."""
    name, quote_sign, _, sign = pair.groups()
    if text[begin : begin + 1] in _OPENING:
        return MASK, _end_of_line(text, _balanced(text, begin))
    if sign == ":" and (below := _INDENTED.match(text, begin)):
        return MASK, below.end()
    if quote_sign and (quoted := _QUOTED.match(text, begin)):
        is_shown = quoted[2] is None or is_refusal(name, quoted[2])
        return (quoted[0] if is_shown else f"{quoted[1]}{MASK}{quoted[1]}"), quoted.end()
    end = _end_of_line(text, begin)
    if text[begin - 1] == "=" and not quote_sign:
        ampersand = text.find("&", begin, end)
        end = ampersand if ampersand >= 0 else end
    value = text[begin:end]
    if sign == ":" and is_refusal(name, value.strip(" \t,}\"'")):
        return value, end
    scheme = _SCHEME.match(value)
    return (scheme[0] if scheme else "") + MASK, end


def _decoded_runs(text: str, depth: int) -> str:
    """What is percent-encoded within a text, looked at in plain."""
    if "%" not in text:
        return text
    out = []
    at = 0
    while at < len(text):
        end = _end_of(_ENCODED, text, at)
        run = text[at:end]
        if "%" in run:
            plain = unquote(run)
            shown = _masked(plain, depth + 1) if plain != run else plain
            run = run if shown == plain else quote(shown, safe="*/:?#[]@!$()*+,;", errors="replace")
        out.append(run + text[end : end + 1])
        at = end + 1
    return "".join(out)


# ── Markup ─────────────────────────────────────────────────────────────────────────────────────

_TAG = re.compile(r"<(?:[^<>\"']++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+>?")
_TAG_NAME = re.compile(r"</?\s*+([^\s<>\"'/=?!]*+)")
_ATTRIBUTE = re.compile(
    r"([^\s=<>\"'/]++)(?:(\s*+=\s*+)(\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s<>\"']++))?+"
)
_NO_LINE = "\ufdd1"
_NO_MARKUP = "\ufdd0"
"""Stands for a < that begins no tag."""
_RAW = frozenset({"script", "style"})
_VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "base", "area", "source"})
_IN_TABLES = frozenset({"dt", "th", "td"})
_NAMES_THE_NEXT = frozenset({"key", "name", "nom", "cle"}) | _IN_TABLES
_NAMING_ATTRIBUTES = frozenset({"name", "key", "id", "property", "http-equiv", "itemprop"})
_NAMED_ATTRIBUTES = frozenset({"value", "content", "val"})
_PLAIN_HTML = frozenset({"code"})
"""In HTML, an element that shows how something is written."""


class _Tag(NamedTuple):
    written: str
    name: str
    shown: str
    is_opening: bool
    holds_secret: bool


def _in_markup(text: str, depth: int, *, is_html: bool) -> str:
    """XML and HTML, whole or cut: attributes, elements, and pairs of a name and a value."""
    out: list[str] = []
    at = 0
    last, next_is_secret = "", False
    while at < len(text):
        opening = _MARKUP.search(text, at)
        begin = opening.start() if opening else len(text)
        between = text[at:begin]
        if last in _NAMES_THE_NEXT and between.strip():
            named = unescape(between.strip())
            next_is_secret = is_secret(named) and not (last in _IN_TABLES and _is_word(named))
        out.append(_in_text_node(between, depth))
        found = _TAG.match(text, begin)
        if found is None:
            break
        tag = _read_tag(found[0], depth, is_html=is_html)
        out.append(tag.shown)
        at = found.end()
        last = tag.name if tag.is_opening else ""
        if not tag.is_opening:
            continue
        if tag.name in _RAW and is_html:
            end = _element_end(text, tag.written, at)
            out.append(
                _masked(text[at:end].replace("<", _NO_MARKUP), depth + 1).replace(_NO_MARKUP, "<")
            )
            at = end
        elif tag.holds_secret or next_is_secret:
            end = _element_end(text, tag.written, at)
            content = text[at:end]
            is_shown = not content.strip() or is_refusal(tag.name, content.strip())
            out.append(content if is_shown else MASK)
            at, next_is_secret = end, False
    return "".join(out)


def _in_text_node(text: str, depth: int) -> str:
    if not _HINT.search(text):
        return text
    plain = unescape(text) if "&" in text else text
    inner = plain.replace("<", _NO_MARKUP)  # no markup any more
    shown = _masked(inner, depth + 1)
    return text if shown == inner else escape(shown.replace(_NO_MARKUP, "<"), quote=False)


def _read_tag(text: str, depth: int, *, is_html: bool) -> _Tag:
    """A tag with its attributes masked, and whether its content is a secret."""
    written = _TAG_NAME.match(text)[1]  # type: ignore[index]  # it begins with "<"
    name = written.lower().rpartition(":")[2]
    is_opening = text[1:2].isalpha() and not text.endswith("/>") and name not in _VOID
    is_named = is_secret(written) and not (is_html and name in _PLAIN_HTML)
    if not (_HINT.search(text) or is_named):
        return _Tag(written, name, text, is_opening, holds_secret=False)
    values = {
        one[1].lower(): unescape(one[3].strip("\"'")) for one in _ATTRIBUTE.finditer(text) if one[3]
    }
    by_name = values.get("type", "").lower() == "password" or any(
        is_secret(values[one]) for one in _NAMING_ATTRIBUTES if one in values
    )
    named = any(is_secret(values[one]) for one in ("name", "key") if one in values)

    def attribute(one: re.Match[str]) -> str:
        if not one[3]:
            return one[0]
        wanted = one[1].lower()
        quote_sign = one[3][0] if one[3][0] in "\"'" else ""
        closing = quote_sign if quote_sign and one[3][1:].endswith(quote_sign) else ""
        value = one[3][1 : len(one[3]) - len(closing)] if quote_sign else one[3]
        if is_secret(one[1]) or (by_name and wanted in _NAMED_ATTRIBUTES):
            shown = value if is_refusal(wanted, value) else MASK
        elif _HINT.search(value):
            plain = unescape(value)
            shown = _masked(plain, depth + 1)
            shown = value if shown == plain else escape(shown)
        else:
            return one[0]
        return f"{one[1]}{one[2]}{quote_sign}{shown}{closing}"

    shown = _ATTRIBUTE.sub(attribute, text)
    if not text[1:2].isalpha() and text[1:2] != "/":  # a comment, a declaration
        shown = _in_lines(shown.replace("\n", _NO_LINE), depth).replace(_NO_LINE, "\n")
    return _Tag(
        written,
        name,
        shown,
        is_opening,
        is_named or (named and not is_html) or (named and name in {"textarea", "output"}),
    )


def _element_end(text: str, name: str, at: int) -> int:
    """Where the content of an element ends: before the tag that closes it, or never."""
    level, close = 1, -1
    while True:
        if close < at:
            close = _find_tag(text, f"</{name}", at, len(text))
            if close < 0:
                return len(text)
        inner = _find_tag(text, f"<{name}", at, close)
        level, at = (level + 1, inner + 1) if inner >= 0 else (level - 1, close + 1)
        if not level:
            return close


def _find_tag(text: str, tag: str, at: int, end: int) -> int:
    """Where a tag of just this name stands, or -1."""
    while (at := text.find(tag, at, end)) >= 0:
        if text[at + len(tag) : at + len(tag) + 1] in {"", " ", ">", "/", "\t", "\r", "\n"}:
            return at
        at += 1
    return -1


# ── Parts ──────────────────────────────────────────────────────────────────────────────────────

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)
_FIRST_LINE = re.compile(r"\s{0,8}--([^\r\n]{1,200})")
_NEWLINE = r"(?:\r\n?|\n)"
_HEADER = re.compile(
    rf"[!-9;-~]++[ \t]*+:[^\r\n]*+(?:{_NEWLINE}[ \t]++[^\r\n]*+)*+(?:{_NEWLINE}|\Z)"
)
_BLANK = re.compile(rf"[ \t]*+{_NEWLINE}")
_FIELD = re.compile(
    r"(?:\A|[\s;:,])(?:file)?name\*?\s*+=\s*+(?:\"((?:[^\"\\]++|\\.)*+)\"?|([^\s;\"]++))",
    re.IGNORECASE,
)
_PART_TYPE = re.compile(r"content-type[ \t]*+:[ \t]*+([^\r\n]*+)", re.IGNORECASE)


def _looks_like_parts(text: str) -> bool:
    start = text[:2000].lstrip()
    return start.startswith("--") and "content-disposition" in start.lower()


def _in_parts(text: str, content_type: str, depth: int) -> str:
    """A form in parts, split at its boundary; each part is masked as what it says that it is."""
    if not _HINT.search(text):
        return text
    if depth > DEEPEST:
        return MASK
    pieces = [text]
    for boundary in _boundaries(text, content_type):
        line = rf"((?:\A|{_NEWLINE})--{re.escape(boundary)}(?=--|[ \t]*+(?:[\r\n]|\Z)))"
        pieces = re.split(line, text)
        if len(pieces) > 1:
            break
    else:
        return _masked(text, depth)
    pieces[::2] = [_masked(pieces[0], depth), *(_in_part(part, depth) for part in pieces[2::2])]
    return "".join(pieces)


def _boundaries(text: str, content_type: str) -> Iterator[str]:
    """What may part the parts: what was announced, else what the first line says."""
    if named := _BOUNDARY.search(content_type):
        yield named[1] or named[2] or ""
    if first := _FIRST_LINE.match(text):
        yield first[1].rstrip()


def _in_part(part: str, depth: int) -> str:
    """One part: its headers, then its content; or what stands after the last one."""
    if part.startswith("--"):
        return _masked(part, depth)
    head = at = _end_of(_BLANK, part, 0)
    while (header := _HEADER.match(part, at)) and header.end() > at:
        at = header.end()
    headers = part[head:at]
    at = _end_of(_BLANK, part, at)
    content = part[at:]
    names = [unquote(one[1] or one[2] or "") for one in _FIELD.finditer(headers)]
    if any(is_secret(name) or is_secret(name.rpartition("'")[2]) for name in names):
        return part[:at] + MASK
    kind = _PART_TYPE.search(headers)
    if kind and kind[1].lower().startswith("multipart/"):
        shown = _in_parts(content, kind[1], depth + 1)
    elif kind and kind[1].lower().startswith(FORM):
        shown = _in_form(content, depth + 1)
    else:
        shown = _masked(content, depth + 1)
    return part[:at] + shown
