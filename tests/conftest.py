"""What holds for all tests."""

import os

# Workers run side by side, and each of them and of their kernels would start as many threads as there are cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What tests answer is kept in memory only, and no notebook finds answers of an earlier run.
os.environ["NBKIT_ANSWERS"] = ""
