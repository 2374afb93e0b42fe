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
from .sections import DataConfig, ForecastConfig, ModelConfig, OptimConfig, ScheduleConfig, SeriesConfig, TrainConfig

__all__ = [
    "SCHEMA", "SETTINGS", "Config", "DataConfig", "ForecastConfig", "ModelConfig", "OptimConfig", "ScheduleConfig",
    "SeriesConfig", "TrainConfig", "from_dict", "load_config", "option_name", "to_dict", "to_yaml",
]
