"""Names given in place of a trained model."""

import pytest

from rnncli.cli.run_names import check_run
from rnncli.data.files import open_sources
from rnncli.errors import ConfigError, DataError, ModelFileError


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
