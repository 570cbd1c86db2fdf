"""Live widgets and lecture notebooks with which neural networks are taught in JupyterLab."""

import lazy_loader

# Each public name is imported on first use: torch alone takes longer than all the rest. The list of them is __init__.pyi.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
