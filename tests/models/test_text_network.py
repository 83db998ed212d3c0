"""The networks that read characters, their gates, and the batches that they are trained on."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from handbook.models.text.gates import gates
from handbook.models.text.learners import StreamLearner, WindowLearner
from handbook.models.text.network import (
    CELLS,
    Committee,
    Recurrent,
    StreamNetwork,
    WindowNetwork,
    dropped,
)
from handbook.models.text.reading import StreamReader, WindowReader
from handbook.models.trainer import Engine

LAYERS = pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN], ids=["lstm", "gru", "rnn"])


# --- gates --------------------------------------------------------------------------------------


@LAYERS
def test_gates_give_what_torchs_own_layer_says(kind) -> None:
    torch.manual_seed(0)
    layer, inputs = kind(4, 7), torch.randn(30, 4)
    with torch.no_grad():
        outputs, last = layer(inputs)
        values = gates(layer, inputs)
    torch.testing.assert_close(values["hidden state"], outputs)
    if kind is nn.LSTM:
        torch.testing.assert_close(values["cell state"][-1:], last[1])


def test_gates_obey_the_cells_own_equations() -> None:
    torch.manual_seed(1)
    with torch.no_grad():
        lstm = gates(nn.LSTM(3, 5), torch.randn(20, 3))
        gru = gates(nn.GRU(3, 5), torch.randn(20, 3))
    cell = lstm["cell state"]
    before = torch.cat([torch.zeros(1, 5), cell[:-1]])
    torch.testing.assert_close(
        cell, lstm["forget gate"] * before + lstm["input gate"] * lstm["candidate"]
    )
    torch.testing.assert_close(lstm["hidden state"], lstm["output gate"] * cell.tanh())
    hidden = gru["hidden state"]
    before = torch.cat([torch.zeros(1, 5), hidden[:-1]])
    keep = gru["update gate"]
    torch.testing.assert_close(hidden, keep * before + (1 - keep) * gru["candidate"])
    for values, name in ((lstm, "input gate"), (lstm, "output gate"), (gru, "reset gate")):
        assert ((values[name] > 0) & (values[name] < 1)).all()


# --- networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_two_chunks_with_the_state_carried_over_are_one_pass(cell) -> None:
    torch.manual_seed(0)
    network = StreamNetwork(9, cell, hidden=8, layers=2, embedding=3, dropout=0.5).eval()
    codes = torch.randint(9, (40, 2))
    whole, _ = network(codes)
    first, state = network(codes[:13])
    second, _ = network(codes[13:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    alone, _ = network(codes[13:])
    assert not torch.allclose(alone, second)


def test_the_layers_are_torchs_stacked_ones() -> None:
    torch.manual_seed(0)
    network = WindowNetwork(10, "lstm", hidden=6, layers=2).eval()
    stacked = nn.LSTM(1, 6, num_layers=2)
    for number, layer in enumerate(network.recurrent.layers):
        for name, value in layer.state_dict().items():
            stacked.state_dict()[name.replace("l0", f"l{number}")].copy_(value)
    codes = torch.randint(10, (50, 4))
    outputs, _ = stacked(codes[:, :, None] / 10)
    torch.testing.assert_close(network(codes), network.head(outputs[-1]))


def test_the_books_network_has_its_layers() -> None:
    # an LSTM has 4 H (inputs + H) weights, and in torch two biases of 4 H
    network = WindowNetwork(38)
    expected = 4 * 300 * (1 + 300 + 2) + 4 * 300 * (300 + 300 + 2) + 38 * 301
    assert sum(weight.numel() for weight in network.parameters()) == expected
    assert network(torch.zeros(50, 3, dtype=torch.int64)).shape == (3, 38)


def test_dropout_of_recurrent_weights_is_for_training_and_keeps_the_weights() -> None:
    torch.manual_seed(0)
    network = StreamNetwork(9, hidden=8, embedding=3, recurrent_dropout=0.5)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    codes = torch.randint(9, (10, 2))
    scores, _ = network.train()(codes)
    other, _ = network(codes)
    assert not torch.allclose(scores, other)
    # nothing is remembered before the first step, whatever its weights
    torch.testing.assert_close(scores[0], other[0])
    scores.sum().backward()
    assert (network.recurrent.layers[0].weight_hh_l0.grad == 0).float().mean() > 0.4
    scores, _ = network.eval()(codes)
    torch.testing.assert_close(scores, network(codes)[0])
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize("layers", [1, 2])
def test_what_each_layer_hands_on_is_dropped_in_training_alone(layers) -> None:
    torch.manual_seed(0)
    network = StreamNetwork(9, hidden=400, layers=layers, embedding=3, dropout=0.3)
    codes = torch.randint(9, (5, 4))
    outputs, _ = network.recurrent.train()(network.inputs(codes))
    assert float((outputs == 0).float().mean()) == pytest.approx(0.3, abs=0.03)
    outputs, _ = network.recurrent.eval()(network.inputs(codes))
    assert not (outputs == 0).any()
    plain = network.inputs(codes)
    for layer in network.recurrent.layers:
        plain, _ = layer(plain)
    torch.testing.assert_close(outputs, plain)


def test_a_committee_says_the_geometric_mean_of_its_members_probabilities() -> None:
    torch.manual_seed(0)
    members = [StreamNetwork(5, "gru", hidden=6, embedding=3) for _ in range(3)]
    committee = Committee(members).eval()
    codes = torch.randint(5, (12, 2))
    each = torch.stack([member(codes)[0].softmax(-1) for member in members])
    mean = each.prod(0) ** (1 / 3)
    torch.testing.assert_close(committee(codes)[0].softmax(-1), mean / mean.sum(-1, keepdim=True))
    first, state = committee(codes[:5])
    second, _ = committee(codes[5:], state)
    torch.testing.assert_close(torch.cat([first, second]), committee(codes)[0])


def test_members_of_a_committee_learn_each_on_their_own() -> None:
    torch.manual_seed(0)
    members = [StreamNetwork(7, hidden=6, embedding=3) for _ in range(2)]
    settings = {"unknown": 7, "streams": 2, "chunk": 10}
    together = learner(StreamLearner, Committee(members), 40, **settings)
    alone = learner(StreamLearner, copy.deepcopy(members[1]), 40, **settings)
    for chunk, same in zip(together.batches(), alone.batches(), strict=True):
        own = alone.loss(same)
        other = nn.functional.cross_entropy(
            together.networks["network"](*given(together, chunk))[0][0].flatten(0, 1),
            together.codes[chunk].flatten(),
        )
        torch.testing.assert_close(together.loss(chunk), (own + other) / 2)


def given(learner: StreamLearner, chunk: torch.Tensor) -> tuple[torch.Tensor, object]:
    read = learner.codes[chunk - 1]
    if learner.state is None:
        read[0] = 7
    return read, learner.state


# --- readers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fresh",
    [
        lambda: StreamReader(StreamNetwork(5, hidden=7, embedding=3).eval(), 0.01),
        lambda: WindowReader(WindowNetwork(5, hidden=7).eval(), 6, 0.01),
    ],
    ids=["stream", "windows"],
)
def test_reading_bit_by_bit_is_reading_at_once(fresh) -> None:
    torch.manual_seed(0)
    whole = fresh()
    stepwise = copy.copy(whole)
    text = np.array([0, 3, 1, 4, 4, 2, 0, 1, 3])
    with torch.inference_mode():
        expected = whole.scores(torch.from_numpy(text)).log_softmax(1).double().numpy()
    read = [stepwise.read(text[:0]), *(stepwise.read(text[at : at + 1]) for at in range(8))]
    np.testing.assert_allclose(np.array(read)[:, :5], expected + np.log(0.99), atol=1e-5)
    np.testing.assert_allclose(np.array(read)[:, 5], np.log(0.01))


def test_calibration_multiplies_the_scores() -> None:
    torch.manual_seed(0)
    network, text = StreamNetwork(5, hidden=7, embedding=3).eval(), torch.tensor([0, 3, 1, 4])
    plain = np.exp(StreamReader(network, 0.01).log_probabilities(text))
    calibrated = np.exp(StreamReader(network, 0.01, 0.5).log_probabilities(text))
    root = np.sqrt(plain[:, :5])
    np.testing.assert_allclose(calibrated[:, :5], 0.99 * root / root.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(calibrated[:, 5], 0.01)


# --- batches ------------------------------------------------------------------------------------


def learner(kind, network, n: int, **settings):
    generator = torch.Generator().manual_seed(3)
    codes = torch.arange(n) % 7
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    return kind(
        Engine(), generator, network, optimizer, codes, clip=None, measure=None,
        sample=lambda network, epoch: [], sampled=frozenset(), **settings,
    )  # fmt: skip


def test_streams_go_round_the_text_in_order_and_start_elsewhere_each_time() -> None:
    streams = learner(StreamLearner, StreamNetwork(7, hidden=4), 103, unknown=7, streams=5, chunk=6)
    assert len(streams) == 4  # 20 characters a stream
    epochs = [list(streams.batches()) for _ in range(3)]
    starts = set()
    for chunks in epochs:
        assert [tuple(chunk.shape) for chunk in chunks] == [(6, 5), (6, 5), (6, 5), (2, 5)]
        positions = torch.cat(chunks)  # (20, 5)
        assert ((positions[1:] - positions[:-1]) % 103 == 1).all()
        # one stream goes on where the one before it ended
        assert ((positions[0, 1:] - positions[-1, :-1]) % 103 == 1).all()
        assert len(positions.unique()) == 100
        starts.add(int(positions[0, 0]))
    assert len(starts) > 1


class Recording(nn.Module):
    """Scores nothing, and keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(7))
        self.seen: list = []

    def forward(self, codes, state=None):
        self.seen.append((codes.clone(), state))
        scores = self.bias.expand(*codes.shape, 7)
        return scores, [torch.full((1, 1, 1), float(len(self.seen)), requires_grad=True)]


def test_a_stream_reads_the_character_before_each_target_and_carries_its_state() -> None:
    network = Recording()
    streams = learner(StreamLearner, network, 24, unknown=7, streams=2, chunk=4)
    for _ in range(2):
        network.seen.clear()
        chunks = list(streams.batches())
        losses = [float(streams.step(chunk)["loss"]) for chunk in chunks]
        read = torch.cat([codes for codes, _ in network.seen])
        targets = streams.codes[torch.cat(chunks)]
        assert (read[0] == 7).all()  # nothing is known of what came before
        assert torch.equal(read[1:], targets[:-1])
        states = [state for _, state in network.seen]
        assert states[0] is None
        assert [float(state[0]) for state in states[1:]] == [1.0, 2.0]
        assert not any(state[0].requires_grad for state in states[1:])  # truncated
    assert losses[0] < np.log(7)  # the second time round the shares are known


def test_windows_are_drawn_once_each_and_a_share_of_them_anew() -> None:
    network = WindowNetwork(7, hidden=4)
    windows = learner(WindowLearner, network, 60, window=10, batch_size=16)
    drawn = torch.cat(list(windows.batches()))
    assert len(windows) == 4
    assert sorted(drawn.tolist()) == list(range(50))
    assert torch.equal(windows.windows[7], windows.codes[7:18])
    part = learner(WindowLearner, network, 60, window=10, batch_size=16, share=0.2)
    first, second = (torch.cat(list(part.batches())) for _ in range(2))
    assert len(first) == len(second.unique()) == 10
    assert set(first.tolist()) != set(second.tolist())


def test_the_target_of_a_window_is_the_character_after_it() -> None:
    network = WindowNetwork(7, hidden=4).eval()
    windows = learner(WindowLearner, network, 60, window=10, batch_size=16)
    batch = torch.tensor([0, 5, 49])
    scores = torch.stack([network(windows.codes[at : at + 10, None])[0] for at in batch])
    expected = nn.functional.cross_entropy(scores, windows.codes[batch + 10])
    torch.testing.assert_close(windows.loss(batch), expected)


def test_a_gradient_is_clipped_where_that_is_asked_for() -> None:
    network = WindowNetwork(7, hidden=4)
    before = [weight.detach().clone() for weight in network.parameters()]
    windows = learner(WindowLearner, network, 60, window=10, batch_size=16)
    windows.clip = 1e-3
    windows.step(torch.arange(16))
    moved = sum(
        float((new.detach() - old).pow(2).sum())
        for new, old in zip(network.parameters(), before, strict=True)
    )
    assert moved**0.5 == pytest.approx(0.1 * 1e-3, rel=1e-2)


def test_dropout_keeps_the_mean_and_passes_its_mask_back() -> None:
    x = torch.full((400, 500), 3.0, requires_grad=True)
    y = dropped(x, 0.3)
    y.sum().backward()
    zeros = float((y == 0).double().mean())
    # 200,000 draws: six standard errors of a share of 0.3
    assert abs(zeros - 0.3) < 6 * (0.3 * 0.7 / 200_000) ** 0.5
    torch.testing.assert_close(y[y != 0], torch.full_like(y[y != 0], 3 / 0.7))
    torch.testing.assert_close(x.grad, y.detach() / 3)
    rows = (y == 0).double()
    assert abs(float((rows[:-1] * rows[1:]).mean()) - 0.09) < 0.01  # each drawn by itself


@pytest.mark.parametrize("kind", list(CELLS))
def test_layers_drop_nothing_outside_training(kind: str) -> None:
    layers = Recurrent(kind, 3, 4, 2, dropout=0.5, recurrent_dropout=0.5)
    x = torch.rand(6, 2, 3)
    assert not torch.equal(layers(x)[0], layers(x)[0])
    layers.eval()
    assert torch.equal(layers(x)[0], layers(x)[0])
