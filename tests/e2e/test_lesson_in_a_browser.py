"""Lessons as learners live them, in both languages: run, err, be told, pass, move a slider, come back tomorrow."""

import pytest
from lab import CHROMIUM, opened, screenshot, until, without_outputs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),
]
WRONG = "nps_by_hand = 100 * (50 - 90) / 200\nex.nps_by_hand.check(nps_by_hand)"
RIGHT = "nps_by_hand = 100 * (90 - 50) / 200\nex.nps_by_hand.check(nps_by_hand)"
WORDS = {
    "en": (
        "0 of 11",
        "Not yet.",
        "You took the promoters away",
        "Passed.",
        "1 of 11",
        "promoters",
    ),
    "pt-BR": ("0 de 11", "Ainda não.", "subtraiu os promotores", "Certo.", "1 de 11", "promotores"),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_learner_works_through_the_lesson(tmp_path, language):
    pytest.importorskip("playwright.sync_api")
    nothing_done, not_yet, mistake, passed, one_done, slider = WORDS[language]
    notebook = without_outputs(language, "07_nps_csat_ces", tmp_path / "my")
    with opened(notebook, tmp_path, height=1400) as lab:
        lab.run_all()
        lab.cell("progress").get_by_text(nothing_done).wait_for()
        assert lab.page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0

        exercise = lab.cell("ex-by-hand")
        lab.type_and_run("ex-by-hand", WRONG)
        exercise.get_by_text(mistake).wait_for()
        assert exercise.get_by_text(not_yet).count() == 1
        screenshot(lab.page, tmp_path, f"lesson-wrong.{language}")
        lab.type_and_run("ex-by-hand", RIGHT)
        exercise.get_by_text(passed).wait_for()

        _move_the_slider(lab, slider, steps=5, told="n = 205")
        screenshot(lab.page, tmp_path, f"lesson-slider.{language}")

        lab.restart_kernel()
        lab.run_all()
        lab.cell("progress").get_by_text(one_done).wait_for()
        lab.cell("progress").scroll_into_view_if_needed()
        screenshot(lab.page, tmp_path, f"lesson-progress.{language}")
        assert not lab.outside


SWITCHES = {
    "en": ("what is counted", "Counted: people, the last {days} days", "the last days"),
    "pt-BR": ("o que se conta", "Contagem: pessoas, nos últimos {days} dias", "os últimos dias"),
}


@pytest.mark.parametrize("language", SWITCHES)
def test_the_two_switches_of_conversion_obey_the_keys(tmp_path, language):
    pytest.importorskip("playwright.sync_api")
    what, told, window = SWITCHES[language]
    notebook = without_outputs(language, "04_conversion_ticket_cart", tmp_path / "my")
    with opened(notebook, tmp_path, height=1400) as lab:
        for key in ("setup", "explorer"):
            lab.run(key)
        _move_the_slider(lab, what, steps=2, told=told.format(days=28))
        screenshot(lab.page, tmp_path, f"conversion-unit.{language}")
        _move_the_slider(lab, window, place=1, steps=1, told=told.format(days=91))
        screenshot(lab.page, tmp_path, f"conversion-window.{language}")
        assert not lab.outside


def _move_the_slider(lab, name, *, place=0, steps, told):
    """Move a slider to the right with the keyboard alone, and wait until the picture and the words have changed."""
    explorer = lab.cell("explorer")
    picture = explorer.locator("img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    assert explorer.get_by_text(name, exact=True).count() >= 1
    handle = explorer.locator(".noUi-handle").nth(place)
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(steps):
        lab.page.keyboard.press("ArrowRight")
    until(lambda: explorer.locator("img").first.get_attribute("src") != before, "the picture to change")
    explorer.get_by_text(told).first.wait_for()
    assert explorer.locator("img").count() == 1
