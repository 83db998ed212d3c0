"""Training of torch networks: one loop, ignorant of what it trains."""

from handbook.models.training.checkpoint import Checkpoint
from handbook.models.training.engine import Engine, engine
from handbook.models.training.loop import Learner, Row, reproducible, train
from handbook.models.training.schedule import SCHEDULES, Schedule

__all__ = [
    "SCHEDULES",
    "Checkpoint",
    "Engine",
    "Learner",
    "Row",
    "Schedule",
    "engine",
    "reproducible",
    "train",
]
