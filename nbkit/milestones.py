"""Dates and numbers of the field's history, each with the place where it can be checked."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ERRORS", "EVENTS", "HUMANS", "PARAMETER_COUNTS", "PERIODS", "Milestone", "Period"]


class Milestone(NamedTuple):
    """Something that was reached in a year; `value` is what is plotted, `kind` tells apart what is plotted differently."""

    year: float
    name: str
    source: str
    value: float = 0.0
    kind: str = ""


class Period(NamedTuple):
    """A name that the field went by, from one year to another."""

    name: str
    begin: float
    end: float


#: As Goodfellow, Bengio & Courville, Deep Learning (2016), section 1.2.1, divide the history.
PERIODS = (
    Period("cybernetics", 1940, 1969),
    Period("connectionism", 1980, 1995),
    Period("deep learning", 2006, 2026),
)

EVENTS = (
    Milestone(1943, "a neuron as a sum\nand a threshold", "McCulloch & Pitts, Bull. Math. Biophys. 5 (1943) 115"),
    Milestone(1958, "perceptron", "Rosenblatt, Psychol. Rev. 65 (1958) 386"),
    Milestone(1969, "limits of one layer", "Minsky & Papert, Perceptrons, MIT Press (1969)"),
    Milestone(1986, "back-propagation", "Rumelhart, Hinton & Williams, Nature 323 (1986) 533"),
    Milestone(1989, "convolutions\nread digits", "LeCun et al., Neural Comput. 1 (1989) 541"),
    Milestone(1997, "LSTM", "Hochreiter & Schmidhuber, Neural Comput. 9 (1997) 1735"),
    Milestone(2006, "deep nets trained\nlayer by layer", "Hinton, Osindero & Teh, Neural Comput. 18 (2006) 1527"),
    Milestone(2012, "ImageNet on GPUs", "Krizhevsky, Sutskever & Hinton, NeurIPS 25 (2012) 1097"),
    Milestone(2017, "transformer", "Vaswani et al., arXiv:1706.03762"),
    Milestone(2024, "two Nobel prizes", "nobelprize.org, physics and chemistry 2024"),
)

#: The value is the number of parameters. "sparse": only a part of them is used for each input.
PARAMETER_COUNTS = (
    Milestone(1987, "NETtalk", "Sejnowski & Rosenberg, Complex Systems 1 (1987) 145", 18_629),
    Milestone(1998, "LeNet-5", "LeCun et al., Proc. IEEE 86 (1998) 2278", 60_000),
    Milestone(2012, "AlexNet", "Krizhevsky, Sutskever & Hinton, NeurIPS 25 (2012) 1097", 60e6),
    Milestone(2014, "VGG-16", "Simonyan & Zisserman, arXiv:1409.1556", 138e6),
    Milestone(2018, "BERT", "Devlin et al., arXiv:1810.04805", 340e6),
    Milestone(2019, "GPT-2", "Radford et al., Language Models are Unsupervised Multitask Learners (2019)", 1.5e9),
    Milestone(2020, "GPT-3", "Brown et al., arXiv:2005.14165", 175e9),
    Milestone(2021.0, "Switch", "Fedus, Zoph & Shazeer, arXiv:2101.03961", 1.6e12, "sparse"),
    Milestone(
        2021.4, "Wu Dao 2.0", "announced by BAAI on 1 June 2021, pingwest.com/a/8693; no paper", 1.75e12, "sparse"
    ),
    Milestone(2022, "PaLM", "Chowdhery et al., arXiv:2204.02311", 540e9),
    Milestone(2024, "Llama 3.1", "Grattafiori et al., arXiv:2407.21783", 405e9),
    Milestone(2024.95, "DeepSeek-V3", "DeepSeek-AI, arXiv:2412.19437", 671e9, "sparse"),
    Milestone(2025.6, "Kimi K2", "Kimi Team, arXiv:2507.20534", 1.04e12, "sparse"),
)

#: The value is an error in per cent, the kind is the test: top-5 error of the winner of ILSVRC, word error on Switchboard.
ERRORS = (
    Milestone(2010, "", "Russakovsky et al., IJCV 115 (2015) 211", 28.2, "images"),
    Milestone(2011, "", "Russakovsky et al., IJCV 115 (2015) 211", 25.8, "images"),
    Milestone(2012, "AlexNet", "Russakovsky et al., IJCV 115 (2015) 211", 16.4, "images"),
    Milestone(2013, "", "Russakovsky et al., IJCV 115 (2015) 211", 11.7, "images"),
    Milestone(2014, "", "Russakovsky et al., IJCV 115 (2015) 211", 6.7, "images"),
    Milestone(2015, "ResNet", "He et al., arXiv:1512.03385", 3.57, "images"),
    Milestone(2017, "SENet", "Hu et al., arXiv:1709.01507", 2.25, "images"),
    Milestone(2010, "no network", "Hinton et al., IEEE Signal Process. Mag. 29 (2012) 82", 23.6, "speech"),
    Milestone(2011, "deep network", "Hinton et al., IEEE Signal Process. Mag. 29 (2012) 82", 16.1, "speech"),
    Milestone(2016, "", "Xiong et al., arXiv:1610.05256", 5.8, "speech"),
    Milestone(2017, "", "Xiong et al., arXiv:1708.06073", 5.1, "speech"),
)

#: How people did on the same tests; of speech there are two measurements.
HUMANS = (
    Milestone(2014, "one trained person", "Russakovsky et al., IJCV 115 (2015) 211", 5.1, "images"),
    Milestone(2016, "transcribers", "Xiong et al., arXiv:1610.05256", 5.9, "speech"),
    Milestone(2017, "the best of several", "Saon et al., arXiv:1703.02136", 5.1, "speech"),
)
