"""The blueprint of a service as its readers use it: checked, measured, drawn."""

from pathlib import Path

import pandas as pd

from cxlib.blueprints.measuring import measure
from cxlib.blueprints.model import Blueprint
from cxlib.blueprints.parts import read_blueprint
from cxlib.blueprints.rules import Problem, problems_of
from cxlib.charts.blueprint_page import fragment, page
from cxlib.errors import InputError
from cxlib.language import say


class ServiceBlueprint:
    """A service blueprint: `problems` are the rules it breaks, `measured(data)` its numbers; it shows as a drawing.

    `model` is the blueprint as data, `numbers` what was measured for the drawing (None without data).
    """

    def __init__(self, model: Blueprint, numbers: pd.DataFrame | None = None) -> None:
        self.model, self.numbers = model, numbers

    @property
    def problems(self) -> pd.DataFrame:
        """Every broken rule: `code`, `rule`, what it is `about`, `line` of the file, `problem` as a sentence."""
        found = problems_of(self.model)
        rows = [(one.code, one.name, one.about, one.line, one.sentence) for one in found]
        return pd.DataFrame(rows, columns=["code", "rule", "about", "line", "problem"])

    def measured(self, data: object, *, source_zone: str | None = None) -> pd.DataFrame:
        """Hold the blueprint against a log; see `cxlib.blueprints.measuring.measure`."""
        return measure(self.model, data, source_zone=source_zone)

    def write(self, path: str | Path) -> Path:
        """Write the drawing as one page of HTML that needs nothing else, and return where it is."""
        path = Path(path).expanduser()
        text = page(self.model, self._drawable(), self.numbers)
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as trouble:
            raise InputError(
                say("{path} cannot be written: {trouble}", path=path, trouble=trouble.strerror or trouble)
            ) from None
        return path

    def _drawable(self) -> list[Problem]:
        found = problems_of(self.model)
        if any(one.code == "V1" for one in found):
            raise InputError(
                say("{file} cannot be drawn before its names lead somewhere: {problem}", file=self.model.file,
                    problem=found[0].sentence)
            )  # fmt: skip
        return found

    def _repr_html_(self) -> str:
        return fragment(self.model, self._drawable(), self.numbers, folded=True)

    def __repr__(self) -> str:
        return say(
            "Blueprint {id}, version {version}: {steps} steps, {n} broken rules.",
            id=self.model.id, version=self.model.version, steps=len(self.model.steps), n=len(self.problems),
        )  # fmt: skip


def blueprint(source: str | Path, *, data: object = None, source_zone: str | None = None) -> ServiceBlueprint:
    """Read a service blueprint: "who does what, what does the customer see, and where does it wait and fail?"

    `source` is a YAML file, YAML text, or the name of one of Ipê's: `entrega_com_problema_v1`,
    `entrega_com_problema_v2`, `chamado_v1`. With `data` (anything `open_dataset` takes) the drawing carries what was
    measured. The format is explained in docs/blueprint.md. Raises `InputError` for a file that cannot be
    understood; broken rules raise nothing, they are `problems`.

    >>> first = blueprint("entrega_com_problema_v1")
    >>> first.problems["rule"].value_counts().to_dict()
    {'REPEATED_DATA': 4}
    >>> blueprint("entrega_com_problema_v2")
    Blueprint entrega_com_problema, version 2: 12 steps, 0 broken rules.
    """
    model = read_blueprint(source)
    if data is None:
        return ServiceBlueprint(model)
    ServiceBlueprint(model)._drawable()
    return ServiceBlueprint(model, measure(model, data, source_zone=source_zone))
