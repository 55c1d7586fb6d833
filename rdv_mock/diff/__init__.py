"""Comparing our OpenAPI document with the real one, or with any other."""

from rdv_mock.diff.compare import compare
from rdv_mock.diff.findings import KINDS, Comparison
from rdv_mock.diff.read import NotReadable, parse_document, read_document
from rdv_mock.diff.table import as_json, as_table

__all__ = [
    "KINDS",
    "Comparison",
    "NotReadable",
    "as_json",
    "as_table",
    "compare",
    "parse_document",
    "read_document",
]
