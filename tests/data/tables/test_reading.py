"""The settings of a command become the Reading of its tables."""

from types import SimpleNamespace

from rnncli.data.tables.reading import Reading


def reading(encoding="utf-8", **table):
    usual = {"sep": None, "decimal": None, "thousands": None, "na": (), "skip_rows": None, "comment": None}
    return Reading.of(SimpleNamespace(**{**usual, "sheet": None, **table}), encoding)


def test_without_settings_all_is_found_in_the_table():
    assert reading() == Reading()


def test_signs_with_names_are_translated_and_others_kept():
    assert reading(sep="tab").sep == reading(sep="\\t").sep == "\t"
    assert reading(sep="space", thousands="space") == Reading(sep=" ", thousands=" ")
    assert reading(thousands="none").thousands == ""
    given = reading("cp1252", sep=";", decimal=",", thousands=".", na=["x"], skip_rows=3, comment="#", sheet="2")
    assert given == Reading(";", ",", ".", "cp1252", ("x",), 3, "#", "2")
