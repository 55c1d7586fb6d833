"""`python -m rdv_mock` is the command line."""

from rdv_mock.cli import main

main()
