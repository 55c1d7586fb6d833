"""The empty application that a start is compared with."""

from benchmarks.suites.cold import ROUTES_OF_NO_DOCUMENT
from rdv_mock import provider
from rdv_mock.control import pages as control_pages
from rdv_mock.document import pages


def test_the_routes_that_no_document_tells_are_as_many_as_there_are() -> None:
    others = (provider.ROUTES, pages.ROUTES, control_pages.ROUTES)

    assert sum(len(routes) for routes in others) == ROUTES_OF_NO_DOCUMENT
