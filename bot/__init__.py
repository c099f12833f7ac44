import os

# Before NumPy is loaded: its products are small, and a second thread for one takes a processor from whoever waits for
# an answer (finding where a question belongs among 5,000 took 20 ms of processor instead of 8), or from another
# language that is being learnt.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
