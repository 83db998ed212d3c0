"""Says in plain words why an installer, pip or uv, failed."""

import re

# What an installer prints when something is wrong, and what to say of it: the first that fits.
CAUSES = (
    (r"No space left on device|Disk quota exceeded", "the disk is full; make room, then again"),
    (
        r"ProxyError|[Cc]annot connect to proxy|[Tt]unnel",
        "the proxy lets nothing through; mend HTTPS_PROXY, or unset it",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|UnknownIssuer|invalid peer certificate",
        "the package index shows a certificate that nobody vouches for; if it is your network's "
        "own, name its file in SSL_CERT_FILE",
    ),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        "the package index serves another file than was locked; name another in PIP_INDEX_URL",
    ),
    (
        r"NewConnectionError|Connect(ion)?(Timeout)?Error|ReadTimeout|Connection refused|dns error|"
        r"error sending request|[Nn]ame resolution|Network is unreachable|Connection broken|"
        r"Could not connect|IncompleteRead|timed out",
        "no connection to the package index; check the network, or name a mirror in PIP_INDEX_URL "
        "(uv: UV_DEFAULT_INDEX)",
    ),
    (
        r"[Ff]ailed (to build|building)|metadata-generation-failed|command '\S*cc' failed",
        "a package that comes as source could not be built; install a C compiler and Python's "
        "headers, or take a Python for which it comes built",
    ),
    (r"Permission denied", "no right to write there; see who owns the folder .venv"),
    (
        r"No matching distribution|No solution found|has no wheels",
        "the package index has no such version for this Python and machine",
    ),
)


def explain(output: str) -> str:
    """Return what made an installer fail and what to do, or its own last words."""
    for pattern, cause in CAUSES:
        if re.search(pattern, output):
            return cause
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match("error", line, re.IGNORECASE)]
    return (errors or lines or ["the installer failed"])[-1]
