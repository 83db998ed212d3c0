"""The building blocks of networks, from nothing but NumPy: forward, and backward by hand.

Each block is a function, or a cell that holds its weights; ``..._backward`` takes the gradient of a
loss with respect to what the block gave, and returns those with respect to what it was given.
Arrays have the layout of PyTorch, against which all of it is tested.
"""

from handbook.nn.convolution import (
    ConvolutionGradients,
    conv2d,
    corr2d,
    corr2d_backward,
    transposed_corr2d,
)
from handbook.nn.dense import DenseGradients, dense, dense_backward
from handbook.nn.pooling import (
    average_pool2d,
    average_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from handbook.nn.recurrent import Cell, GRUCell, LSTMCell, LSTMGates, RecurrentGradients, RNNCell
from handbook.nn.units import (
    leaky_relu,
    leaky_relu_derivative,
    linear,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_backward,
    tanh,
    tanh_derivative,
)
from handbook.nn.windows import output_size, transposed_output_size

__all__ = [
    "Cell",
    "ConvolutionGradients",
    "DenseGradients",
    "GRUCell",
    "LSTMCell",
    "LSTMGates",
    "RNNCell",
    "RecurrentGradients",
    "average_pool2d",
    "average_pool2d_backward",
    "conv2d",
    "corr2d",
    "corr2d_backward",
    "dense",
    "dense_backward",
    "leaky_relu",
    "leaky_relu_derivative",
    "linear",
    "max_pool2d",
    "max_pool2d_backward",
    "output_size",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_derivative",
    "transposed_corr2d",
    "transposed_output_size",
]
