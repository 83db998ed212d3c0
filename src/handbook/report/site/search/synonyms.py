"""What people type for things that the pages call by another name."""

from __future__ import annotations

__all__ = ["FIGURE_NAMES", "SHORT_NAMES", "WORDS", "synonyms"]

_BY_START = {
    "adaboost": "boosting ensemble stumps",
    "bank-marketing": "telemarketing phone calls deposit campaign imbalanced",
    "boston-housing": "house prices homes real estate",
    "char-lstm": "long short-term memory GRU recurrent neural network RNN language model text",
    "char-ngram": "language model Markov chain text",
    "cnn": "convolutional neural network CNN deep learning images",
    "conv-layer": "backpropagation neural network",
    "conv2d-layer": "backpropagation neural network",
    "credit-approval": "credit cards applicants loans Australian",
    "credit-card": "fraud payments imbalanced outliers anomaly detection",
    "dcgan": "generative adversarial network GAN deep learning images",
    "decision-tree": "CART",
    "dense-layer": "backpropagation chain rule fully connected neural network",
    "diabetes": "medicine disease progression patients",
    "extra-trees": "extremely randomised forest ensemble",
    "fashion-mnist": "clothes garments shoes pictures",
    "gan": "generative adversarial network GAN deep learning images",
    "gradient-boosting": "boosting ensemble XGBoost LightGBM",
    "iris": "flowers Fisher",
    "isolation-forest": "anomaly outlier detection fraud",
    "knn": "k nearest neighbors KNN",
    "lasso": "L1 penalty regularization shrinkage",
    "lda": "LDA Fisher",
    "lenet": "convolutional neural network CNN deep learning images",
    "linear-regression": "ordinary least squares OLS",
    "local-outlier-factor": "LOF anomaly outlier detection fraud",
    "logistic-regression": "logit",
    "macbeth": "Shakespeare play text characters",
    "mlp": "MLP feed-forward neural network deep learning",
    "mnist": "handwritten digits numbers pictures",
    "pokemon": "sprites creatures pictures",
    "random-forest": "bagging ensemble of trees",
    "rbf": "radial basis function neural network",
    "ridge": "L2 penalty Tikhonov regularization shrinkage",
    "som": "SOM Kohonen map clustering neural network",
    "svc": "support vector machine SVM kernel",
    "svr": "support vector machine SVM kernel",
    "unlabelled-flowers": "k-means clustering principal components PCA semi-supervised",
}

#: Names of figures by which people look for them, where the file's name is no such.
FIGURE_NAMES = {
    "confusion": "confusion matrix",
    "history": "training history loss curve",
    "precision-recall": "precision recall curve",
    "predicted-vs-true": "predicted against true values",
    "roc": "ROC curve",
}

#: Short names and other words for parameters and metrics.
SHORT_NAMES = {
    "accuracy": "acc",
    "alpha": "penalty lambda regularization",
    "batch_size": "bs minibatch",
    "learning_rate": "lr step size eta",
    "max_iter": "iterations",
    "momentum": "beta",
    "n_estimators": "trees members rounds",
    "n_neighbors": "k",
    "r2": "R-squared coefficient of determination",
    "roc_auc": "AUROC area under the curve",
    "weight_decay": "wd L2 penalty",
}

#: Words of the pages: name, anchor on the page of metrics, meaning.
WORDS = (
    (
        "Dummy",
        "dummy",
        "A model that looks at no feature: it answers with the most frequent class, the class "
        "shares or the mean. Whoever does not beat it has learnt nothing that counts.",
    ),
    (
        "Test rows",
        "test-rows",
        "Rows that took no part in any choice or training. A score on them is that of one split.",
    ),
    (
        "Cross-validation",
        "cross-validation",
        "The training rows are divided into folds; each fold is scored by a model that learnt from "
        "the others. The mean over folds ranks runs, and its interval says how sure it is.",
    ),
    (
        "Interval",
        "interval",
        "The range in brackets behind a value. Two runs whose intervals overlap much can hardly be "
        "told apart; a paired test on the same folds says more.",
    ),
    (
        "Variant",
        "variant",
        "One setting of a model: “book” has that of the book where there is one, “tuned” was found "
        "by a search on training rows, others are named after what is different.",
    ),
    (
        "Run",
        "run",
        "One variant of one model on one data set, trained and measured.",
    ),
    (
        "Primary metric",
        "primary",
        "The one metric by which the runs on a data set are ranked; chosen before, so that no run "
        "is ranked by what suits it.",
    ),
    (
        "Leakage",
        "leakage",
        "A column that tells the answer, and that nobody would have at the time of asking.",
    ),
)


def synonyms(name: str) -> str:
    """Return what a model, a data set or a worked example is looked for by, besides its title.

    Examples
    --------
    >>> synonyms("mlp"), synonyms("stride")
    ('MLP feed-forward neural network deep learning', '')
    """
    return " ".join(words for start, words in _BY_START.items() if name.startswith(start))
