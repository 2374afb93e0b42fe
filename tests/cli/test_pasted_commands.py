"""Commands that we print are pasted into bash by these tests: each names the very file that it is about."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import a_text, done, killed

from rnncli.cli.advice import advice_for, cure
from rnncli.cli.main import main
from rnncli.errors import shell_name, shell_word, shell_words
from rnncli.phrases import UNSAFE

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")

NAMES = {
    "blanks": "two words",
    "quotes": 'it\'s "so"',
    "shell": "$HOME `id` * ; & | < > ( ) ? # ~ \\ !x",
    "a tilde": "~",
    "an option": "--encoding",
    "a dash and an escape": "-x\x1b[31m",
    "an escape": "\x1b]0;title\x07a'b\\c!d",
    "lines": "one\ntwo\r\tthree",
    "a turned text": "a\u202etxt.exe",
    "wide blanks": "\u6771\u4eac\u3000\xa0x",
    "no UTF-8": "caf\udce9 \udcff0",
    "clauses": "a; --fill ffill",
}
hostile = pytest.mark.parametrize("name", [pytest.param(name, id=key) for key, name in NAMES.items()])


def words_of(line):
    """The words that bash makes of a command line of rnncli."""
    script = "rnncli() { printf '%s\\0' \"$@\"; }\n" + line
    result = subprocess.run(["bash", "-c", os.fsencode(script)], capture_output=True, check=True, timeout=300)
    assert not result.stderr
    return [os.fsdecode(word) for word in result.stdout.split(b"\0")[:-1]]


def commands_in(text):
    """The command lines of rnncli in what was printed, which must be safe for a terminal."""
    assert not UNSAFE.search(text.replace("\r", "\n")), text
    return [found.rstrip() for found in re.findall(r"rnncli [a-z]+ .*", text)]


def hint_of(capsys):
    return capsys.readouterr().err.split("hint: ")[-1]


@pytest.mark.parametrize("name", ["a.txt", "runs/novel-lstm", "a+b@c%d=e:f,g", "-"])
def test_a_plain_name_is_printed_plainly(name):
    assert shell_name(name) == shell_word(name) == name


@pytest.mark.parametrize(
    "name, word",
    [
        ("two words", "'two words'"),
        ("\u6771\u4eac", "'\u6771\u4eac'"),
        ("-x", "./-x"),
        ("\x1b[1m", r"$'\x1b[1m'"),
        ("a\u202eb", r"$'a\xe2\x80\xaeb'"),
        ("\udcff\n", r"$'\xff\n'"),
        ("a\x01'\\!", r"$'a\x01\x27\x5c\x21'"),
        ("", "''"),
    ],
)
def test_another_one_is_quoted_and_what_cannot_be_shown_is_spelled(name, word):
    assert shell_name(name) == word


@hostile
def test_printed_words_are_read_again(name):
    words = [name, "", "a b", "it's", "--na"]
    assert shell_words(" ".join(map(shell_word, words))) == words
    if "\n" not in name:
        assert shell_words(shlex.join(words)) == words


def test_a_command_that_cures_names_columns_of_any_name(apart, capsys):
    rows = "".join(f"2020-01-{day:02d},{day},{day * day % 17},{day * day % 13}\n" for day in range(1, 29))
    Path("t.csv").write_text("date,p\x1bq,r\u202es,it's\n" + rows)
    assert main(["train", "t.csv", "--max-steps", "1", "-o", "r"]) == 3
    line = hint_of(capsys).partition("run: ")[2]
    command, file, *others = words_of(line)
    assert (command, file) == ("train", "t.csv") and others[-2] == "--target-col" and others[-1] == "r\u202es"
    assert main([command, file, *others, "-q"]) == 0


@hostile
def test_bash_reads_a_printed_name_as_that_very_file(name, tmp_path):
    word = shell_name(name)
    assert not UNSAFE.search(word) and "\n" not in word
    (tmp_path / name).write_text("found")
    cat = subprocess.run(["bash", "-c", f"cat {word}"], cwd=tmp_path, capture_output=True, check=True, timeout=300)
    assert cat.stdout == b"found"


@hostile
def test_the_commands_after_a_training_can_be_pasted(name, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path(f"{name}.txt").write_text(a_text())
    there = shell_name(f"{name}.txt"), shell_name(name)
    options = "--hidden-size 12 --max-steps 2 --seed 1 --workers 1"
    assert main(words_of(f"rnncli train {there[0]} -o {there[1]} {options}")) == 0
    lines = commands_in(capfd.readouterr().err.partition("next:")[2])
    assert [line.split()[1] for line in lines] == ["generate", "eval", "inspect", "train"]
    for line in lines:
        assert main(words_of(line)) == 0, line


def test_pasted_commands_run_in_bash(tmp_path):
    name = "-\x1b[31m \udcff"
    Path(tmp_path, f"{name}.txt").write_text(a_text())
    script = f'rnncli() {{ {shell_word(sys.executable)} -m rnncli "$@"; }}\n'

    def pasted(line):
        return subprocess.run(["bash", "-c", script + line], cwd=tmp_path, capture_output=True, timeout=300)

    options = "--hidden-size 12 --max-steps 2 --seed 1 --workers 1"
    told = pasted(f"rnncli train {shell_name(name + '.txt')} -o {shell_name(name)} {options}").stderr.decode()
    lines = commands_in(told.partition("next:")[2])
    assert len(lines) == 4 and [pasted(line).returncode for line in lines] == [0] * 4


@hostile
def test_the_hints_of_errors_can_be_pasted(name, apart, capsys):
    text = f"{name}.txt"
    Path(text).write_text(a_text())
    for command in ("eval", "generate"):
        main([command, f"./{text}"])
        train, use = commands_in(hint_of(capsys).replace("; then: ", "\n"))
        assert means(words_of(train)[1], text) and words_of(use)[0] == command
    Path(f"{name}.docx").write_bytes(b"%PDF-1.7\n")
    assert main(["train", f"./{name}.docx"]) == 3
    hint = hint_of(capsys)
    assert not UNSAFE.search(hint) and means(words_of("rnncli " + hint.partition(": ")[2])[1], f"{name}.docx")
    done(f"./{name}", {"train.max_steps": 1})
    assert main(["eval", "text.txt", f"./{name}"]) == 2
    command, run, file = words_of(commands_in(hint_of(capsys))[0])
    assert means(run, name) and (command, file) == ("eval", "text.txt")
    assert main(["train", "text.txt", "-o", f"./{name}"]) == 7
    resumed = re.search(r"--resume (.*), or choose another folder with -o", hint_of(capsys))
    assert resumed and means(words_of(f"rnncli {resumed[1]}")[0], name)
    Path(name, "model.safetensors").unlink()
    assert main(["eval", f"./{name}"]) == 4
    train, resume = commands_in(hint_of(capsys).replace(", or resume the run: ", "\n"))
    assert means(words_of(train)[-1], name) and means(words_of(resume)[-1], name)


def means(word, name):
    """Whether a word that a command gets is that file, and no option."""
    return os.path.normpath(word) == name and not word.startswith("-")


@hostile
def test_the_hint_of_data_that_moved_and_of_data_of_a_pipe_can_be_pasted(name, apart, capsys):
    killed(f"./{name}", 3, {"train.max_steps": 6})
    os.rename("text.txt", f"{name}.moved")
    assert main(["train", "--resume", f"./{name}", "-q"]) == 3
    (line,) = commands_in(hint_of(capsys))
    (command, option, run, data) = words_of(line)
    assert (command, option, data) == ("train", "--resume", "DATA")
    assert main([command, option, run, f"./{name}.moved", "-q"]) == 0


@pytest.mark.parametrize("name", ["r; --fill", "--fill", "./--fill", 'a "b" --fill; c', "it's; --fill's"])
def test_the_name_of_a_file_is_no_clause_and_no_option_of_a_hint(name):
    hint = f"continue with it: rnncli eval {shell_name(name)} FILE; or name others"
    assert advice_for("eval", hint) == hint
    assert advice_for("eval", f"{hint}; --fill ffill fills them") == hint


def test_a_command_that_cures_can_be_pasted():
    line = cure(["train", "-x\x1b.csv"], "--target-col 'a b'")
    assert words_of(line.removeprefix("; run: ")) == ["train", "-x\x1b.csv", "--target-col", "a b"]
