"""Live widgets with which neural networks are taught in JupyterLab."""

__version__ = "0.1.0"
