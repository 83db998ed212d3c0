"""Models of language that read a text character by character."""

from handbook.models.text.estimator import CharacterModel
from handbook.models.text.ngram import CharacterNgram

__all__ = ["CharacterModel", "CharacterNgram"]
