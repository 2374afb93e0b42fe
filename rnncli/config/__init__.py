"""Settings: their names and types, their sources, and errors that name the place of each mistake."""

from .loading import (
    Config,
    changed,
    from_dict,
    load_config,
    option_name,
    read_settings,
    schema,
    settings,
    stored_draft,
    to_dict,
    to_yaml,
)
from .schema import Draft
from .sections import DataConfig, ModelConfig, OptimConfig, ScheduleConfig, TrainConfig

__all__ = [
    "Config",
    "DataConfig",
    "Draft",
    "ModelConfig",
    "OptimConfig",
    "ScheduleConfig",
    "TrainConfig",
    "changed",
    "from_dict",
    "load_config",
    "option_name",
    "read_settings",
    "schema",
    "settings",
    "stored_draft",
    "to_dict",
    "to_yaml",
]
