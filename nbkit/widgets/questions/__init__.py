"""Questions that answer back, predictions before an explorer is shown, and how far one has come."""

from nbkit.widgets.questions.answers import answers
from nbkit.widgets.questions.asking import ask
from nbkit.widgets.questions.predicting import predict
from nbkit.widgets.questions.progress import progress

__all__ = ["answers", "ask", "predict", "progress"]
