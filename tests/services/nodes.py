"""Two nodes: network namespaces of this machine, joined by a cable of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.server import program

#: Addresses of the nodes, which no other machine of this network sees.
ADDRESSES = ("10.77.0.1", "10.77.0.2")


@dataclass(frozen=True)
class Node:
    """A network namespace with one interface."""

    name: str
    interface: str

    def inside(self, *command: str) -> list[str]:
        """Return a command as it runs on this node."""
        return [program("ip"), "netns", "exec", self.name, *command]

    def environment(self) -> dict[str, str]:
        """Return the variables that name the interface to PyTorch."""
        return {"GLOO_SOCKET_IFNAME": self.interface, "OMP_NUM_THREADS": "1"}


@contextmanager
def two_nodes() -> Iterator[tuple[Node, Node]]:
    """Make two nodes that see each other and nothing else; they go at the end."""
    nodes = tuple(Node(f"handbook-{os.getpid()}-{i}", f"hb{os.getpid()}-{i}") for i in range(2))
    first, second = nodes
    with ExitStack() as stack:
        for node in nodes:
            _ip("netns", "add", node.name)
            stack.callback(_ip, "netns", "del", node.name)
        _ip(
            *("link", "add", first.interface, "netns", first.name, "type", "veth"),
            *("peer", "name", second.interface, "netns", second.name),
        )
        for node, address in zip(nodes, ADDRESSES, strict=True):
            _ip("-n", node.name, "addr", "add", f"{address}/24", "dev", node.interface)
            _ip("-n", node.name, "link", "set", node.interface, "up")
            _ip("-n", node.name, "link", "set", "lo", "up")
        yield first, second


def torchrun(rank: int, port: str = "29400") -> list[str]:
    """Return the beginning of the command that starts one node's process, of two nodes."""
    return [
        *("torchrun", "--nnodes", "2", "--nproc-per-node", "1", "--node-rank", str(rank)),
        *("--master-addr", ADDRESSES[0], "--master-port", port),
    ]


def launcher(nodes: Sequence[Node], script: Path) -> Path:
    """Write a command that starts processes on all nodes, as `srun` does on a cluster's."""
    lines = ["#!/bin/sh"]
    for rank, node in enumerate(nodes):
        variables = [f"{name}={value}" for name, value in node.environment().items()]
        command = node.inside("env", *variables, *torchrun(rank, "$MASTER_PORT"))
        lines.append(f'{" ".join(command)} "$@" & p{rank}=$!')
    lines.append("wait $p0 && wait $p1")
    script.write_text("\n".join(lines) + "\n")
    script.chmod(0o755)
    return script


def _ip(*words: str) -> None:
    subprocess.run([program("ip"), *words], check=True, capture_output=True, text=True)
