"""YAML files: what is invalid, dangerous or ambiguous is refused with its line and column."""

import sys

import pytest
from config_errors import lines_of, only_line
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.config import load_config
from rnncli.config.yaml_files import LARGEST_FILE, read_text


def test_a_missing_file_a_folder_and_an_impossible_name_are_reported(tmp_path):
    missing, folder = tmp_path / "gone.yaml", tmp_path
    lines = lines_of(load_config, [missing, folder, "a\0b", "bad\x1b[31m"])
    assert lines[0] == f"{missing}: cannot be read: No such file or directory"
    assert lines[1] == f"{folder}: cannot be read: Is a directory"
    assert lines[2].startswith(r"'a\x00b': cannot be read: ")
    assert lines[3].startswith(r"'bad\x1b[31m': cannot be read: ")


def test_a_huge_file_is_refused_after_its_first_part(write):
    line = only_line(load_config, [write("# " + "x" * LARGEST_FILE)])
    assert line == f"a.yaml: is larger than {LARGEST_FILE:,} bytes, the limit of a configuration"
    if sys.platform != "win32":
        assert only_line(load_config, ["/dev/zero"]).startswith("/dev/zero: is larger")


def test_a_file_as_large_as_allowed_is_read(write):
    assert load_config([write("seed: 3\n#".ljust(LARGEST_FILE, "x"))]).seed == 3


@pytest.mark.parametrize(
    "raw, where, byte",
    [
        (b"seed: 1\nmodel: \xff\n", "a.yaml:2:8", "0xff"),
        ("модель".encode("cp1251"), "a.yaml:1:1", "0xec"),
        (b"\xef\xbb\xbfab\xc3", "a.yaml:1:3", "0xc3"),
        ("ё: 1\n  é".encode() + b"\x80", "a.yaml:2:4", "0x80"),
        ("seed: 1".encode("utf-16"), "a.yaml:1:1", "0xff"),
    ],
)
def test_a_byte_that_is_not_utf_8_is_named_with_its_place(write, raw, where, byte):
    assert only_line(load_config, [write(raw)]) == f"{where}: byte {byte} is not UTF-8"


@pytest.mark.parametrize(
    "text, where",
    [
        ("model:\n\tcell: lstm\n", "2:1"),
        ("model:\n  cell: lstm\n cell: 3\n", "3:2"),
        ("model: [1, 2\n", "2:1"),
        ("model: 'open\n", "2:1"),
        ("a: b: c\n", "1:5"),
        ("seed: @x\n", "1:7"),
        ("seed: 1\n\x01: 2", "2:1"),
        ('seed: "\\U00110000"', "1:1"),
        ('seed: "\\UFFFFFFFF"', "1:1"),
        ("%YAML " + "9" * 5000 + ".1\n---\n", "1:1"),
        ("%YAML 2.0\n---\n", "1:1"),
        ("seed: !<%FF> x", "1:9"),
        ("}", "1:1"),
        ("a: *", "1:5"),
    ],
)
def test_invalid_yaml_is_reported_with_line_and_column(write, text, where):
    assert only_line(load_config, [write(text)]).startswith(f"configuration: not valid YAML (a.yaml:{where}): ")


@pytest.mark.parametrize(
    "text, column",
    [
        ("[" * 100_000, 5),
        ("- " * 100_000, 9),
        ("? " * 100_000, 9),
        ("{a: " * 60_000, 17),
        ("[{" * 100_000, 5),
    ],
)
def test_deep_nesting_is_refused_at_once(write, text, column):
    line = only_line(load_config, [write(text)])
    assert line == f"configuration: not valid YAML (a.yaml:1:{column}): nested more than 4 deep"


def test_a_second_document_is_refused(write):
    line = only_line(load_config, [write("seed: 1\n---\nseed: 2\n")])
    assert line == "configuration: a second YAML document (a.yaml:2:1); allowed: one"


@pytest.mark.parametrize(
    "text, lines",
    [
        ("seed: &a 1", ["seed: anchor &a (a.yaml:1:7) is not allowed"]),
        ("seed: *a", ["seed: alias *a (a.yaml:1:7) is not allowed"]),
        ("*a : 1", ["?: alias *a (a.yaml:1:1) is not allowed"]),
        ("model:\n  cell: !!str lstm", ["model.cell: tag 'tag:yaml.org,2002:str' (a.yaml:2:9) is not allowed"]),
        (
            "data: {files: [!!binary aGk=]}",
            ["data.files.0: tag 'tag:yaml.org,2002:binary' (a.yaml:1:16) is not allowed"],
        ),
        ("model: !custom {cell: lstm}", ["model: tag '!custom' (a.yaml:1:8) is not allowed"]),
        (
            "seed: !!python/object/apply:os.system ['echo pwned > pwned']",
            [
                "seed: tag 'tag:yaml.org,2002:python/object/apply:os.system' (a.yaml:1:7) is not allowed",
                "seed: found a list (a.yaml:1:7); allowed: a whole number >= 0, or null",
            ],
        ),
        ("model:\n  <<: {cell: gru}", ["model: merge key << (a.yaml:2:3) is not allowed"]),
        ("? [a, b]\n: 1", ["configuration: a list as a key (a.yaml:1:3); allowed: a name"]),
        ("? {a: b}\n: 1", ["configuration: a section as a key (a.yaml:1:3); allowed: a name"]),
        (
            "model:\n  cell: a\n  dropout: 0\n  cell: b",
            ["model.cell: duplicate key (a.yaml:4:3); the first is at a.yaml:2:3"],
        ),
        (
            'seed: 1\n"seed": 2\nmodel:\nmodel:',
            [
                "seed: duplicate key (a.yaml:2:1); the first is at a.yaml:1:1",
                "model: duplicate key (a.yaml:4:1); the first is at a.yaml:3:1",
            ],
        ),
    ],
)
def test_what_makes_yaml_dangerous_or_ambiguous_is_refused(write, tmp_path, text, lines):
    assert lines_of(load_config, [write(text)]) == lines
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_a_merge_bomb_is_refused_without_being_expanded(write):
    doubled = "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 10))
    lines = lines_of(load_config, [write("a0: &a0 {x: 1}\n" + doubled)])
    assert lines[0] == "a0: anchor &a0 (a.yaml:1:5) is not allowed"
    assert lines[-1].startswith("and ")


def test_escape_sequences_of_a_file_do_not_reach_the_terminal(write):
    name = write('"\\e[31m": 1\nmodel: {cell: [], init: "\\e[32m"}\ndata: {encoding: "\\e]0;x"}\n')
    lines = lines_of(load_config, [name])
    assert len(lines) == 4 and all(line.isprintable() for line in lines)


@given(st.text(st.sampled_from("abm:-[]{},&*!|>'\"%@`#?<~ \t\n\r\\0xU\x00\x85\ufeffé") | st.characters()))
@settings(deadline=None, max_examples=300)
def test_no_text_breaks_the_yaml_reader(text):
    problems = []
    tree = read_text(text, lambda line, column: f"t:{line}:{column}", problems)
    assert tree is None or tree.where.startswith("t:")
    assert all(problem.text.isprintable() for problem in problems)
