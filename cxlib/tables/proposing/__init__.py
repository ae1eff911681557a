"""A first mapping for somebody's file: what each column is taken for and why, and what only its owner knows.

`names` knows how exports call our columns, `profile` what stands in a column, `candidates` brings both together,
`deciding` decides or asks, `proposal` shows and writes. Nothing is guessed in silence, no value of a person is shown.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.filling import harmless
from cxlib.tables.proposing.deciding import entries
from cxlib.tables.proposing.profile import profiles
from cxlib.tables.proposing.proposal import Proposal
from cxlib.tables.public_host import keep_off_public_hosts
from cxlib.tables.reading import Source, read_source
from cxlib.tables.schema import table as described


def propose_mapping(
    files: str | Path | Iterable[str | Path],
    table: str = "survey_responses",
    *,
    synthetic: bool = False,
) -> Proposal:
    """Propose a mapping, column by column: "which of my columns is which, and what do you need to know from me?"

    `files` are one or more exports of the same shape; `table` is the table they fill. Each of our columns gets the
    line of the mapping that is decided, with the evidence (name in either language, type, range, uniqueness), or
    becomes a question with a line for each answer. What is shown of a column is its shape, never a value of a person.
    `synthetic=True` says that no real person is in the files; only such files are read on Binder, Colab and Kaggle.
    Nothing is written: see `answer` and `write` of what is returned. Raises `InputError`.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.csv"
    ...     _ = path.write_text("Nota NPS;Respondido em\\n10;2025-03-01T10:00Z\\n0;2025-03-02T11:00Z\\n")
    ...     proposal = propose_mapping(path)
    >>> [line for decision in proposal.decisions for line in decision.lines]
    ['type = { value = "nps" }', 'score = "Nota NPS"', 'answered_at = "Respondido em"']
    """
    if not synthetic:
        keep_off_public_hosts()
    target = described(table)
    paths = [Path(files)] if isinstance(files, str | Path) else [Path(path) for path in files]
    sources = [read_source(path) for path in paths]
    frame = _joined(sources)
    columns = profiles(frame)
    return Proposal(
        files=tuple(harmless(source.name) for source in sources),
        table=target.name,
        rows=len(frame),
        entries=tuple(entries(target, columns)),
        profiles=tuple(columns),
        synthetic=synthetic,
    )


def _joined(sources: list[Source]) -> pd.DataFrame:
    if not sources:
        raise InputError(say("No file was given to import."))
    first = sources[0]
    for other in sources[1:]:
        if list(other.frame.columns) != list(first.frame.columns):
            raise InputError(
                say(
                    "{one} and {other} have different columns. Propose a mapping for each of them.",
                    one=first.name,
                    other=other.name,
                )
            )
    return pd.concat([source.frame for source in sources], ignore_index=True)
