"""Generative adversarial networks: for small images as in 6.7, and deep convolutional as in 6.8."""

from handbook.models.gan.dcgan import DCGAN
from handbook.models.gan.gan import GAN
from handbook.models.gan.latent import spherical

__all__ = ["DCGAN", "GAN", "spherical"]
