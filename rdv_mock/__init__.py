"""rdv-mock: a stateful stand-in for the RdvPermis API and the API Livret Numérique."""

__version__ = "0.1.0"
