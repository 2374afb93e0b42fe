"""Settings: which there are, where they come from, and what is wrong with them, place by place."""

from .loading import (
    SCHEMA,
    SETTINGS,
    Config,
    from_dict,
    load_config,
    option_name,
    to_dict,
    to_yaml,
)
from .sections import DataConfig, ModelConfig, OptimConfig, ScheduleConfig, TrainConfig

__all__ = [
    "SCHEMA",
    "SETTINGS",
    "Config",
    "DataConfig",
    "ModelConfig",
    "OptimConfig",
    "ScheduleConfig",
    "TrainConfig",
    "from_dict",
    "load_config",
    "option_name",
    "to_dict",
    "to_yaml",
]
