"""What the settings of worked examples are, where their names alone do not tell."""

from __future__ import annotations

__all__ = ["MEANINGS"]

#: Of each worked example: settings, and what each is.
MEANINGS: dict[str, dict[str, str]] = {
    "adam": {
        "longer": "steps of a longer run",
        "others": "seeds of other gradients drawn once",
        "decays": "of the means of gradients and of their squares",
    },
    "adadelta": {"others": "other values of epsilon"},
    "bagging": {"members": "learners that are averaged", "sets": "training sets"},
    "cnn-sizes": {
        "side": "pixels a side of the images",
        "sized_for": "pixels a side that the dense layers fit",
        "widths": "channels of each convolution",
        "dense": "units of the dense layer",
    },
    "convex-minima": {"ends": "ends of ever longer grids for e^x"},
    "convexity": {"reach": "end of the grid", "cells": "points of the grid"},
    "dcgan-blocks": {
        "side": "pixels a side of the images",
        "fitting": "blocks that lead to that side",
        "listed": "blocks of the listing",
    },
    "edge-detection": {"dark": "first column of the bar, and the first behind it"},
    "gan-listing": {
        "side": "pixels a side of the images",
        "sizes": "numbers that each layer gives",
        "every": "steps from one kept picture to the next",
        "asked": "step whose picture is to be shown",
        "steps": "steps of the training",
    },
    "gaussian-rbf": {"groups": "where groups of points lie", "spread": "deviation within a group"},
    "generator-losses": {
        "logit": "where derivatives are taken",
        "logits": "where the weakest is looked for",
        "apart": "distances of made from real means",
    },
    "gradient-boosting-toy": {"rate": "share of each stump"},
    "gradient-descent": {"size": "rows of a small batch"},
    "layer-parameters": {"side": "pixels a side", "reaches": "largest offsets that a kernel sees"},
    "lenet-passes": {"interval": "batches from one printed loss to the next"},
    "linear-regression-toy": {"at": "where it predicts", "penalty": "of lasso and ridge"},
    "linear-program": {"least": "least amounts"},
    "local-minima": {"cells": "parts of the interval that are searched"},
    "metrics-by-hand": {
        "said": "predictions of y",
        "figure": "true positives, false positives, missed",
    },
    "momentum": {"momentum": "share of the step before"},
    "optimizer-race": {
        "conditions": "largest curvature by smallest, of each quadratic",
        "rates": "learning rates to choose from",
        "budget": "gradients that each may take",
        "rows": "of the logistic regression",
    },
    "preconditioning": {"condition": "largest curvature by smallest", "turn": "degrees"},
    "r-squared": {"r2": "values that are adjusted"},
    "risk": {"reach": "where the least risk is looked for"},
    "saddle-point": {"nudge": "distance from the ridge"},
    "schedules": {
        "every": "epochs from one drop to the next",
        "step_factor": "of each drop",
        "factor": "of each epoch, exponential",
        "rise": "epochs of the warm-up",
        "flat": "epoch from which the loss falls no more",
        "patience": "epochs without a fall before a drop",
    },
    "som-columns": {"start": "first column of the slice", "stop": "end of the slice"},
    "som-decay": {"sigma": "radius at the start", "at": "steps that are looked at"},
    "three-fits": {"draws": "times that the points are drawn"},
    "tree-pruning": {"noise": "deviation of the points' places"},
    "vanishing-gradient": {"far": "point far from 0", "depth": "layers"},
    "waldo": {"at": "row and column of his upper left corner", "others": "other people"},
}
