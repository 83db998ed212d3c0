"""Training of torch networks: one loop for all of them, with schedules and checkpoints."""

from handbook.models.trainer.checkpoint import Checkpoint
from handbook.models.trainer.engine import Engine
from handbook.models.trainer.launch import engine
from handbook.models.trainer.learner import Learner
from handbook.models.trainer.loop import train
from handbook.models.trainer.part import Row
from handbook.models.trainer.schedule import SCHEDULES, Schedule
from handbook.models.trainer.seeding import reproducible

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
