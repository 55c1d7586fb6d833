"""What a call shows once its secrets are masked, in the journal, its HAR and the log.

A name decides (`is_secret`), wherever it occurs: a header, a field of a form, of JSON or of XML, a
part, an address, a line of text. Some secrets declare themselves: a JWT, `Bearer …`, a private key.
Where a text leaves open how far a secret reaches, more of it is masked, not less.

Whoever sends a body chooses it, so time is linear in its length: a pattern never goes back over
what it has read (possessive), and is not tried again where it has failed. Everything is pure: any
thread may mask.
"""

from rdv_mock.worlds.masking.bodies import LARGEST_UNPACKED, Shown, masked_body
from rdv_mock.worlds.masking.headers import masked_header, masked_headers
from rdv_mock.worlds.masking.names import MASK, is_refusal, is_secret
from rdv_mock.worlds.masking.texts import DEEPEST, masked_path, masked_query, masked_text

__all__ = [
    "DEEPEST",
    "LARGEST_UNPACKED",
    "MASK",
    "Shown",
    "is_refusal",
    "is_secret",
    "masked_body",
    "masked_header",
    "masked_headers",
    "masked_path",
    "masked_query",
    "masked_text",
]
