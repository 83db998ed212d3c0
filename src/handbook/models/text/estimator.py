"""Recurrent networks of characters behind scikit-learn's API."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from handbook.models.parameters import COUNT, FRACTION, POSITIVE, SHARE, WHOLE, Choice
from handbook.models.text.gates import gates
from handbook.models.text.generation import generated
from handbook.models.text.language import LanguageModel, Text, text
from handbook.models.text.learners import StreamLearner, TextLearner, WindowLearner
from handbook.models.text.network import CELLS, Committee, StreamNetwork, WindowNetwork
from handbook.models.text.reading import NetworkReader, StreamReader, WindowReader
from handbook.models.trainer import Engine, Row, reproducible
from handbook.models.trainer.estimator import TorchEstimator, weights

__all__ = ["CharacterModel"]

_SAMPLE = 120  # characters of a sample


@dataclass(eq=False, repr=False)
class CharacterModel(LanguageModel, TorchEstimator):
    """A recurrent network that predicts the next character; the defaults are the handbook's.

    Two schemes of training. ``windows`` is the handbook's: the text is lower-cased; the network
    reads 50 characters, each as one number, its index in the alphabet divided by the alphabet's
    size, and predicts one target, the character that follows. The first characters of a text are
    predicted from zeros and what precedes them. All bits are those of the *lower-cased* text,
    which is easier to predict than the text that the other scheme reads.

    ``stream`` reads the text as it is: each character has a learned vector, each step has a
    target, and parallel streams of the text carry the state on from chunk to chunk, so that
    gradients are truncated and memory is not (Mikolov et al., 2010).

    Parameters
    ----------
    scheme : {"windows", "stream"}, default="windows"
    cell : {"lstm", "gru", "rnn"}, default="lstm"
    hidden : int, default=300
        Units a layer.
    layers : int, default=2
    dropout : float, default=0.2
        Share of each layer's outputs.
    epochs : int, default=10
    batch_size : int, default=128
        Windows of an update, or parallel streams.
    learning_rate : float, default=0.001
        Adam's.
    schedule : str or None, default=None
        See :class:`handbook.models.trainer.Schedule`.
    clip : float or None, default=None
        The longest gradient, by its Euclidean norm.
    weight_decay : float, default=0.0
        Decoupled (AdamW).
    window : int, default=50
        Of ``windows``: characters that are read.
    share : float, default=1.0
        Of ``windows``: share of all windows that an epoch has, drawn anew in each. The handbook's
        scheme reads each character 50 times, which takes long.
    embedding : int, default=64
        Of ``stream``: length of a character's vector.
    chunk : int, default=64
        Of ``stream``: steps that a gradient goes back.
    input_dropout : float, default=0.0
        Of ``stream``: share of the vectors' components.
    recurrent_dropout : float, default=0.0
        Of ``stream``: share of the weights between steps (DropConnect; Merity et al., 2018).
    members : int, default=1
        Of ``stream``: networks that are trained side by side on the same batches, from different
        first weights and with different dropout; their scores are averaged (Hansen and Salamon,
        1990).
    calibration : float, default=1.0
        Factor on the trained network's scores. Below 1 the probabilities are less extreme, which
        suits a network that was trained for long on little text (Guo et al., 2017).
    validation_fraction : float, default=0.0
        Share of the text, at its end, that is held out and measured after each epoch.
    patience : int or None, default=None
        Epochs without a lower validation loss before training stops; the best network is kept.
    samples : int, default=4
        Number of epochs, the first and the last among them, after which the network writes some
        text. This has no influence on the training.
    random_state : int, RandomState instance or None, default=None
        Seed of the first weights, of the order of the windows or the starts of the streams, of
        dropout, and of the samples.
    device : str, default="cpu"
        Where torch computes.

    Attributes
    ----------
    alphabet_ : str
        The characters of the training text, sorted.
    unseen_ : float
        Probability of all other characters together, by adding one to each count; the network
        itself cannot estimate it.
    state_ : bytes
        The weights, as safetensors.
    history_ : list of dict
        A row an epoch, see :func:`handbook.models.trainer.train`; ``loss`` in nats.
    samples_ : list of dict
        ``epoch`` and ``text``, written after it at temperature 1.
    seed_text_ : str
        What the samples continue: the beginning of the training text.

    References
    ----------
    Handbook, 5.6. Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9
    (1997). Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP (2014).
    Mikolov et al., "Recurrent neural network based language model", Interspeech (2010). Merity,
    Keskar and Socher, "Regularizing and optimizing LSTM language models", ICLR (2018).
    Hansen and Salamon, "Neural network ensembles", IEEE Transactions on Pattern Analysis and
    Machine Intelligence 12 (1990). Guo, Pleiss, Sun and Weinberger, "On calibration of modern
    neural networks", ICML (2017).

    Examples
    --------
    >>> from handbook.models.text import CharacterModel
    >>> model = CharacterModel(
    ...     "stream", hidden=16, layers=1, epochs=30, batch_size=4, learning_rate=0.02,
    ...     embedding=4, chunk=8, random_state=0,
    ... ).fit("abc " * 50)
    >>> model.generate(8, "abc ", greedy=True)
    'abc abc '
    >>> bool(model.bits("abc abc ")[1:].mean() < 0.5)
    True
    """

    scheme: str = "windows"
    cell: str = "lstm"
    _: KW_ONLY
    hidden: int = 300
    layers: int = 2
    dropout: float = 0.2
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 0.001
    clip: float | None = None
    weight_decay: float = 0.0
    window: int = 50
    share: float = 1.0
    embedding: int = 64
    chunk: int = 64
    input_dropout: float = 0.0
    recurrent_dropout: float = 0.0
    members: int = 1
    calibration: float = 1.0
    validation_fraction: float = 0.0
    patience: int | None = None
    samples: int = 4

    _parameter_constraints = TorchEstimator._parameter_constraints | {
        "scheme": [Choice(["windows", "stream"])],
        "cell": [Choice(CELLS)],
        "hidden": [COUNT],
        "layers": [COUNT],
        "dropout": [FRACTION],
        "clip": [POSITIVE, None],
        "window": [COUNT],
        "share": [SHARE],
        "embedding": [COUNT],
        "chunk": [COUNT],
        "input_dropout": [FRACTION],
        "recurrent_dropout": [FRACTION],
        "members": [COUNT],
        "calibration": [POSITIVE],
        "samples": [WHOLE],
    }

    def fit(self, X: Text, y: Any = None) -> Self:
        """Train a fresh network on a text.

        Parameters
        ----------
        X : str or list of str
            Pieces of a text are joined.
        y : None
            Ignored.

        Raises
        ------
        HandbookError
            If the text is too short, or the training diverges.
        ValueError
            If a parameter is out of its range.
        """
        self._validate_params()
        # at least one target, or one character per stream
        least = self.window + 1 if self.scheme == "windows" else self.batch_size
        X = self.as_read(text(self, X, least=1))
        held_out = round(self.validation_fraction * len(X))
        trained = text(self, X[: len(X) - held_out], least)
        self.alphabet_ = "".join(sorted(set(trained)))
        self.unseen_ = 1.0 / (len(trained) + len(self.alphabet_) + 1)
        self.seed_text_ = X[: self.window]
        codes = torch.from_numpy(self.encode(X))
        self.state_, self.history_, samples = self._launch(codes, held_out)
        self.samples_ = [
            {"epoch": sample["epoch"], "text": self.decode(sample["codes"])} for sample in samples
        ]
        return self

    def _train(
        self, engine: Engine, codes: Tensor, held_out: int
    ) -> tuple[bytes, list[Row], list[dict[str, Any]]]:
        """See :meth:`TorchEstimator._train`."""
        seed = self._seed()
        with reproducible(seed) as generator:
            network = self._build().to(engine.device)
            optimizer = torch.optim.AdamW(
                network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
            )
            trained = len(codes) - held_out
            start, end = codes[:trained].to(engine.device), codes[trained:]
            sampled = np.geomspace(1, self.epochs, self.samples).round().astype(int)
            learner = self._learner(
                engine,
                generator,
                network,
                optimizer,
                start,
                clip=self.clip,
                measure=(lambda net: self._loss(net, end)) if held_out else None,
                sample=lambda net, epoch: self._sample(net, [seed, epoch]),
                sampled=frozenset(sampled.tolist()),
            )
            history = self._history(learner, self.epochs)
        return weights(network), history, learner.samples

    def _learner(self, *args: Any, **kwargs: Any) -> TextLearner:
        if self.scheme == "windows":
            kwargs |= {"window": self.window, "batch_size": self.batch_size, "share": self.share}
            return WindowLearner(*args, **kwargs)
        kwargs |= {"unknown": len(self.alphabet_), "streams": self.batch_size, "chunk": self.chunk}
        return StreamLearner(*args, **kwargs)

    def _build(self) -> Committee | StreamNetwork | WindowNetwork:
        common = (len(self.alphabet_), self.cell, self.hidden, self.layers, self.dropout)
        if self.scheme == "windows":
            return WindowNetwork(*common)
        more = (self.recurrent_dropout, self.embedding, self.input_dropout)
        networks = [StreamNetwork(*common, *more) for _ in range(self.members)]
        return Committee(networks) if len(networks) > 1 else networks[0]

    def _loss(self, network: nn.Module, codes: Tensor) -> float:
        """Return the mean cross entropy of a text, in nats."""
        log_probabilities = self._reader(network).log_probabilities(codes)
        return -float(log_probabilities[np.arange(len(codes)), codes.numpy()].mean())

    def _sample(self, network: nn.Module, seeds: list[int]) -> list[int]:
        """Let a network continue the beginning of the text."""
        seed, random = self.encode(self.seed_text_), np.random.RandomState(seeds)
        return generated(self._reader(network), seed, _SAMPLE, random_state=random)

    def log_probabilities(self, X: Text) -> npt.NDArray[np.float64]:
        """See :meth:`LanguageModel.log_probabilities`."""
        codes = torch.from_numpy(self.encode(X))
        if not len(codes):
            return np.empty((0, len(self.alphabet_) + 1))
        return self._reader().log_probabilities(codes)

    def activations(self, X: str, layer: int = -1) -> dict[str, npt.NDArray[np.float32]]:
        """Return a layer's gates and states while it reads a text as one sequence.

        Of several members, those of the first.

        Parameters
        ----------
        X : str of n characters
        layer : int, default=-1
            Counted from 0; the last is -1.

        Returns
        -------
        dict of str to float32 array of shape (n, hidden)
            See :func:`handbook.models.text.gates.gates`; row i is after character i was read.
        """
        codes = torch.from_numpy(self.encode(text(self, X, least=1)))
        network = self._fitted_network()
        if isinstance(network, Committee):
            network = network.members[0]
        assert isinstance(network, StreamNetwork | WindowNetwork)
        stack = list(network.recurrent.layers)
        with torch.inference_mode():
            x = network.inputs(codes.unsqueeze(1).to(self._predicts_on))[:, 0]  # (n, inputs)
            for recurrent in stack[: range(len(stack))[layer] + 1]:
                assert isinstance(recurrent, nn.RNNBase)
                activations = gates(recurrent, x)
                x = activations["hidden state"]
        return {name: values.cpu().numpy() for name, values in activations.items()}

    def _fitted_network(self) -> nn.Module:
        check_is_fitted(self, "state_")
        return self._loaded(self._build, self.state_)

    def _reader(self, network: Any = None) -> NetworkReader:
        network = self._fitted_network() if network is None else network
        if self.scheme == "stream":
            return StreamReader(network, self.unseen_, self.calibration)
        return WindowReader(network, self.window, self.unseen_, self.calibration)

    def as_read(self, X: str) -> str:
        """Return a text as it is, or for ``windows`` in lower case."""
        if self.scheme == "stream":
            return X
        # capitals that are two characters in lower case stay, so that the length does too
        return "".join(low if len(low := letter.lower()) == 1 else letter for letter in X)
