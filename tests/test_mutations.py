"""The list of lines whose change has to be noticed is true of the code as it stands."""

from mutants import ROOT, mutations


def test_every_change_can_still_be_made_in_exactly_one_place():
    for one in mutations():
        text = (ROOT / one.file).read_text(encoding="utf-8")
        assert text.count(one.find) == 1, one.name
        assert one.made_in(text) != text, one.name
        assert all((ROOT / name).is_file() for name in one.tests), one.name


def test_no_change_stands_twice():
    names = [one.name for one in mutations()]
    assert len(names) == len(set(names))
