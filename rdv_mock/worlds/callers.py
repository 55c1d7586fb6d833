"""Who calls: the employés behind the access tokens of a world."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from rdv_mock.facts.access import Token, TokenType
from rdv_mock.facts.auto_ecole import AutoEcole, Employe
from rdv_mock.store import Store

MOST_KNOWN = 1_000
"""Callers of a world that are remembered at once: each takes some kilobytes."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a token, and until when: a token never outlives its bail."""

    token: Token
    until: datetime
    employe: Employe
    auto_ecole: AutoEcole
    known_by: object = field(repr=False, compare=False)
    """The `Callers` that found him, as they were between two writes."""


def token_id(token: str) -> str:
    """What the store remembers of a token: enough to know it again, too little to use it."""
    return sha256(token.encode()).hexdigest()


class Callers:
    """The callers of a state, each looked up once as long as nothing about any is written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._forget(store.access_writes)

    def find(self, bearer: str) -> Caller | None:
        """Who is behind an access token; None when the store knows no such token."""
        self._notice_writes()
        caller = self._by_bearer.get(bearer)
        if caller is None and (caller := self._read(bearer)) is not None:
            if len(self._by_bearer) == MOST_KNOWN:
                self._by_bearer.clear()
            self._by_bearer[bearer] = caller
        return caller

    def is_still(self, caller: Caller) -> bool:
        """Whether nothing was written since he was found that decides who he is."""
        self._notice_writes()
        return caller.known_by is self._generation

    def _notice_writes(self) -> None:
        writes = self._store.access_writes
        if writes != self._writes:
            self._forget(writes)

    def _forget(self, writes: int) -> None:
        self._writes = writes
        self._generation = object()
        self._by_bearer: dict[str, Caller] = {}

    def _read(self, bearer: str) -> Caller | None:
        store = self._store
        token = store.tokens.find(token_id(bearer))
        if token is None or token.type is not TokenType.ACCESS:
            return None
        bail = store.baux.get(token.bail_id)
        if bail.termine:
            return None
        employe = store.employes.get(token.employe_id)
        return Caller(
            token,
            min(token.date_heure_expiration, bail.fin),
            employe,
            store.auto_ecoles.get(employe.auto_ecole_id),
            self._generation,
        )
