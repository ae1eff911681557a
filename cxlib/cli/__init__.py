"""The command `cx`: choose the language, run, turn every failure into one sentence and an exit code."""

import locale
import os
import sys
from typing import NoReturn

from cxlib.errors import InputError
from cxlib.language import LANGUAGES, language, say

DONE, NO, WRONG = 0, 1, 2


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run `cx` and leave: 0 done, 1 the answer is no, 2 input or usage wrong (one sentence, nothing written)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not speak UTF-8
            stream.reconfigure(encoding="utf-8", errors="replace")
    code = DONE
    try:
        given = _without_language(list(sys.argv[1:] if arguments is None else arguments))
        # The help texts are said when the commands are loaded, so the language comes first.
        from cxlib.cli.commands import run

        code = run(given)
        sys.stdout.flush()  # here, where a reader that has gone away is no trouble yet
    except InputError as trouble:
        print(trouble, file=sys.stderr)
        code = WRONG
    except BrokenPipeError:  # `cx ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as trouble:
        if os.environ.get("CX_DEBUG"):
            raise
        kind = type(trouble).__name__
        print(
            say(
                "Something is wrong inside cx ({kind}: {trouble}). Set CX_DEBUG=1 to see where.",
                kind=kind,
                trouble=trouble,
            ),
            file=sys.stderr,
        )
        code = WRONG
    except KeyboardInterrupt:
        print(say("Stopped. Nothing was changed."), file=sys.stderr)
        code = WRONG
    sys.exit(code)


def _without_language(given: list[str]) -> list[str]:
    """Take `--lang X` out of the arguments, wherever it stands, and speak that language."""
    for place, word in enumerate(given):
        name, _, value = word.partition("=")
        if name == "--lang":
            chosen = value or (given[place + 1] if place + 1 < len(given) else "")
            language(chosen)
            return given[:place] + given[place + (1 if value else 2) :]
    if os.environ.get("CX_LANG") not in LANGUAGES:
        language(system_language())
    return given


def system_language() -> str:
    """Return the language of the machine, as far as we speak it."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    named = named or locale.getlocale()[0] or ""
    return "pt-BR" if named.lower().startswith("pt") or "portug" in named.lower() else "en"
