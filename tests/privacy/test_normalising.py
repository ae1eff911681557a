import pytest

from cxlib import privacy


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("(11) 8765-4321", "+5511987654321"),
        ("1187654321", "+5511987654321"),
        ("11 98765-4321", "+5511987654321"),
        ("011 98765-4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("+55 (11) 98765-4321", "+5511987654321"),
        ("0055 11 98765 4321", "+5511987654321"),
        ("(11) 3456-7890", "+551134567890"),
        ("(55) 3221-4455", "+555532214455"),
        ("55 55 3221-4455", "+555532214455"),
        ("+1 415 555 2671", "+14155552671"),
        ("0044 20 7946 0958", "+442079460958"),
        ("98765-4321", None),  # no area code
        ("0800 123 4567", None),
        ("12345", None),
        ("+10.000.000", None),
        ("2024-05-12", None),
        ("", None),
    ],
)
def test_normalise_phone(text, phone):
    assert privacy.normalise_phone(text) == phone


def test_normalise_cpf():
    assert privacy.normalise_cpf(" 529.982.247-25 ") == "52998224725"
    assert privacy.normalise_cpf("111.111.111-11") is None
    assert privacy.normalise_cpf("cpf 52998224725") is None
    assert privacy.normalise_cpf("5299822472") is None


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("\ufeffAna@X.com ", "email:ana@x.com"),
        ("O'Neil@x.com", "email:o'neil@x.com"),
        ("123.456.789-00", "cpf:12345678900"),
        ("12345678900", "id:12345678900"),
        ("+55 11 98765-4321", "phone:+5511987654321"),
        ("11 3456-7890", "phone:+551134567890"),
        ("11987654321", "phone:+5511987654321"),
        ("5511987654321", "id:5511987654321"),
        ("1134567890", "id:1134567890"),
        ("2024-0001234", "id:2024-0001234"),
        ("118765432-1", "id:118765432-1"),
        ("0042", "id:0042"),
        ("Ana", "id:Ana"),
    ],
)
def test_normalise_identifier(text, normal):
    assert privacy.normalise_identifier(text) == normal


def test_plain_customer_numbers_never_merge():
    hypothesis = pytest.importorskip("hypothesis")
    from hypothesis import strategies

    numbers = strategies.from_regex(r"(55|0|055)?(11|21)?9?[2-9][0-9]{7}|[0-9]{1,14}", fullmatch=True)

    @hypothesis.settings(deadline=None)
    @hypothesis.given(numbers, numbers)
    def check(one, other):
        ascii_only = one.isascii() and other.isascii()
        same = privacy.normalise_identifier(one) == privacy.normalise_identifier(other)
        assert not ascii_only or same == (one == other)

    check()
    family = [
        "87654321",
        "987654321",
        "1187654321",
        "11987654321",
        "551187654321",
        "5511987654321",
        "011987654321",
    ]
    assert len({privacy.normalise_identifier(number) for number in family}) == len(family)
