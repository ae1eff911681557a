"""Prose whose numbers come from the dataset in use, so that a lesson reads true on any of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cxlib.language import number, percent
from cxlib.tables.dataset import Dataset


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text with `{name}` for each of `values`; `choose` names the template that is true of a dataset.

    Values in `shares` are shown as percentages, whole numbers without decimals, others with one; words, which are in
    the reader's language already, as they are.
    """

    templates: Mapping[str, str]
    values: Callable[[Dataset], Mapping[str, float | str]]
    choose: Callable[[Dataset], str] = lambda shop: ""
    shares: tuple[str, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """Every template by its name: what a translator sees."""
        return {f"when/{name}" if name else "text": template for name, template in self.templates.items()}

    def filled(self, shop: Dataset, lookup: Callable[[str], str] = str) -> str:
        """Return the text that is true of a dataset, in the language of `lookup`."""
        values = {
            name: value if isinstance(value, str) else percent(value) if name in self.shares else number(value)
            for name, value in self.values(shop).items()
        }
        return lookup(self.templates[self.choose(shop)]).format(**values)
