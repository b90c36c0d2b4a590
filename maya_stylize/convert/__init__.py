"""Model files in, one verified Keras ``.h5`` out."""
