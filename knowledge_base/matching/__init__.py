import os

# Many small products: threads of the algebra library would cost more than they save, and stand in the server's way.
# Read when numpy is first imported, so it stands here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
