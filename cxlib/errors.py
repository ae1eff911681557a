"""The one exception a user of cxlib is meant to read."""


class InputError(ValueError):
    """Input or usage is wrong: one sentence with what was found, what was expected and what to do next.

    The command `cx` prints the sentence and ends with exit code 2; a notebook shows it as the last line.
    """
