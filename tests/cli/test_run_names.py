"""Names given in place of a trained model."""

import io
from pathlib import Path

import pytest

from rnncli.cli.main import main
from rnncli.cli.run_names import check_run
from rnncli.data.files import open_sources
from rnncli.errors import ConfigError, DataError, ModelFileError
from rnncli.tasks.registry import detect, stem_of


def test_a_table_in_place_of_a_model_is_named_with_the_commands_to_train_it(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("ds,y\n2024-01-01,1\n2024-01-02,2\n")
    with pytest.raises(ConfigError, match=r"sales.csv is not a trained model, but data \(series\)") as error:
        check_run(str(path), "generate")
    assert f"rnncli train {path} -o runs/sales; then: rnncli generate runs/sales" in error.value.hint


def test_a_missing_name_is_answered_with_the_one_like_it(tmp_path):
    (tmp_path / "sales.csv").write_text("a")
    (tmp_path / "runs").mkdir()
    with pytest.raises(ModelFileError) as error:
        check_run(str(tmp_path / "rnus"), "eval")
    assert error.value.hint.startswith(f"did you mean {tmp_path / 'runs'}? If not, name a run folder")
    with pytest.raises(DataError) as missing, open_sources([str(tmp_path / "slaes.csv")]):
        pass
    assert missing.value.hint.startswith(f"did you mean {tmp_path / 'sales.csv'}? If not, check the name")


def test_a_name_unlike_all_others_is_left_to_the_reader_of_models(tmp_path):
    check_run(str(tmp_path / "nothing"), "generate")


def test_data_in_the_place_of_a_run_to_continue_are_told_as_such(tmp_path, capsys):
    text = tmp_path / "t.txt"
    text.write_text("the sea\n" * 50)
    assert main(["train", "--resume", str(text)]) == 4
    assert f"{text} is a file, not a run folder" in capsys.readouterr().err
    assert main(["train", str(text), "--init-from", str(text), "-o", str(tmp_path / "r")]) == 4
    assert "hint: name a run folder or a .safetensors file that `train` wrote" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "1/{day}/21, 1:{day:02d} PM - Anna: see you at 5, bring 3 apples",
        "[{day:02d}.03.21, 14:{day:02d}:10] Ben: 12",
        "2021-03-{day:02d} 14:05:10 <anna> haha, yes",
        "14:{day:02d} Anna: 7",
    ],
)
def test_a_chat_log_is_a_text_also_on_standard_input(tmp_path, monkeypatch, line):
    log = "".join(line.format(day=1 + k % 28) + "\n" for k in range(200))
    path = tmp_path / "log"
    path.write_text(log)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(log.encode()))))
    assert detect([str(path)]).data == detect(["-"]).data == "text"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.txt", "a"),
        ("b/a.txt.gz", "a"),
        ("a.csv.XZ", "a"),
        ("a.zip", "a"),
        ("a", "a"),
        ("-", "stdin"),
        (".gz", ".gz"),
        ("/", ""),
    ],
)
def test_a_run_is_named_after_the_file_in_what_is_packed(name, stem):
    assert stem_of(name) == stem


@pytest.mark.parametrize("command", ["eval", "generate", "inspect"])
def test_a_folder_of_runs_in_place_of_a_run_is_answered_with_some_of_them(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    for name in ("-b", "a c", "d", "e", ".hidden"):
        Path("all", name).mkdir(parents=True)
        Path("all", name, "model.safetensors").touch()
    Path("all/0").mkdir()  # no run
    assert main([command, "all"]) == 4
    assert capsys.readouterr().err == (
        "error: all is no run, but a folder of runs\n"
        f"hint: name one of its runs: rnncli {command} all/-b, or rnncli {command} 'all/a c', "
        f"or rnncli {command} all/d\n"
    )
    assert main([command, "all/0"]) == 4
    assert "all/0 holds no model.safetensors" in capsys.readouterr().err
