"""`python -m cxlib` is the command `cx`."""

from cxlib.cli import main

main()
