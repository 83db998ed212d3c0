"""Image classifiers: what LeNet and the convolutional network share."""
