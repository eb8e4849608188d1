"""ONNX Runtime sessions as the shipped weights run in."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnxruntime as ort


def open_pool(threads: int | None = None) -> ThreadPoolExecutor:
    """Threads to run a session's batches side by side; as many as this process has cores when not given."""
    return ThreadPoolExecutor(threads or len(os.sched_getaffinity(0)), thread_name_prefix="gainsay-model")


def open_session(path: Path) -> ort.InferenceSession:
    """A CPU session that computes on the thread that calls it.

    Batches side by side on a core each are a quarter faster than batches in turn on all cores, which wait for
    each other after every operator.

    Raises:
        ValueError: the file is missing or holds no model.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    # The graphs are written in fused operators already; the higher levels only join what is faster apart.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    # Weights are stored as int8 and widened once, when the session opens, not at every use.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    # Batches differ in shape, so planned memory would only be kept and never fit again.
    options.enable_mem_pattern = False
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's own errors share nothing narrower
        raise ValueError(f"{path} cannot be read: {error}") from error
