"""A SLURM of its own for the time of a test: munge, a controller, and nodes that are all here."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.services.server import HOST, answers, free_port, program, serving, wait

# What people and Snakemake call. Snakemake's jobs lose the variable that names the configuration,
# so each is a script that sets it.
_COMMANDS = ("sbatch", "scancel", "scontrol", "sinfo", "squeue", "srun")
_COMMAND = '#!/bin/sh\nSLURM_CONF="{conf}" exec {program} "$@"\n'
# Jobs go by what they hold, and dead nodes are found, within seconds instead of minutes.
_CONFIGURATION = """\
ClusterName=handbook
SlurmctldHost={host}({address})
SlurmctldPort={port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
SlurmdParameters=config_overrides
SlurmdTimeout=20
SlurmctldTimeout=30
MessageTimeout=60
ReturnToService=2
KillWait=5
"""
_PATIENCE_S = 900.0  # until a job begins, on a machine that has other work
_NODE = "NodeName={name} NodeHostname={host} NodeAddr={address} Port={port}"


class Cluster:
    """A SLURM whose nodes are all this machine.

    Parameters
    ----------
    folder : Path
        Holds all of it: configuration, keys, state, logs.
    nodes, cpus, memory_mb : int
        How many nodes, and what each claims to have.
    """

    def __init__(self, folder: Path, nodes: int, cpus: int, memory_mb: int) -> None:
        self.folder = folder
        self._conf = folder / "slurm.conf"
        self._port = free_port()
        self._controller = ExitStack()
        # By a name that no other test's nodes have
        self._ports = {f"node{port}": port for port in (free_port() for _ in range(nodes))}
        self._servers = {name: ExitStack() for name in self._ports}
        for name in ("state", "spool", "bin"):
            (folder / name).mkdir(parents=True)
        self._configure(f"CPUs={cpus} RealMemory={memory_mb}")
        for name in _COMMANDS:
            script = folder / "bin" / name
            script.write_text(_COMMAND.format(conf=self._conf, program=program(name)))
            script.chmod(0o755)

    @property
    def nodes(self) -> list[str]:
        """Names of the nodes."""
        return [*self._ports]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which commands find this SLURM."""
        folders = [str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        return {"PATH": os.pathsep.join(folders)}

    def call(self, *command: str) -> str:
        """Run a command of SLURM; return what it prints."""
        script = str(self.folder / "bin" / command[0])
        return subprocess.run(
            [script, *command[1:]], capture_output=True, text=True, check=True, timeout=120
        ).stdout

    def jobs(self, *states: str) -> dict[int, str]:
        """Return the numbers of jobs in some states, each with what Snakemake says of it."""
        listing = self.call(
            "squeue", "--noheader", "--format=%A|%k", f"--states={','.join(states)}"
        )
        rows = (line.partition("|") for line in listing.splitlines())
        return {int(number): comment for number, _, comment in rows}

    def await_job(self, beginning: str, *states: str) -> int:
        """Wait until a job that Snakemake describes with some words is in a state."""
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [n for n, said in self.jobs(*states).items() if said.startswith(beginning)]
            return bool(found)

        wait(f"a job {beginning} {'/'.join(states)}", is_there, _PATIENCE_S)
        return found[0]

    def node_of(self, job: int) -> str:
        """Return the node that a job runs on."""
        return self.call("squeue", "--noheader", "--format=%N", f"--jobs={job}").strip()

    def start_controller(self) -> None:
        """Start the controller, which goes on from what it has saved."""
        command = [program("slurmctld"), "-D", "-f", str(self._conf)]
        log = self.folder / "slurmctld.out"
        self._controller.enter_context(serving(command, log, lambda: answers(self._port)))

    def stop_controller(self) -> None:
        """End the controller; its jobs go on."""
        self._controller.close()

    def start_node(self, name: str) -> None:
        """Start a node."""
        command = [program("slurmd"), "-D", "-N", name, "-f", str(self._conf)]
        log = self.folder / f"{name}.out"
        port = self._ports[name]
        self._servers[name].enter_context(serving(command, log, lambda: answers(port)))

    def kill_node(self, name: str) -> None:
        """Let a node die with all that runs on it, as if its power had failed."""
        self._servers[name].close()
        for process in _family(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def await_nodes(self) -> None:
        """Wait until all nodes take jobs."""
        idle = ["sinfo", "--noheader", "--Node", "--format=%T"]
        wait("all nodes are idle", lambda: {*self.call(*idle).split()} == {"idle"})

    def close(self) -> None:
        """End the controller, the nodes and all that runs on them."""
        self._controller.close()
        for name in self.nodes:
            self.kill_node(name)

    def _configure(self, each: str) -> None:
        host = socket.gethostname().partition(".")[0]
        text = _CONFIGURATION.format(
            host=host, address=HOST, port=self._port, folder=self.folder.resolve()
        )
        for name, port in self._ports.items():
            node = _NODE.format(name=name, host=host, address=HOST, port=port)
            text += f"{node} {each}\n"
        text += "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        self._conf.write_text(text)


def _family(node: str) -> list[psutil.Process]:
    """Return the processes of a node's jobs, and those that watch over them."""
    members = set[psutil.Process]()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get("SLURMD_NODENAME") == node:
                members.add(process)
                members.update(p for p in process.parents() if p.name() == "slurmstepd")
    return [*members]


@contextmanager
def cluster(
    folder: Path, *, nodes: int = 1, cpus: int = 2, memory_mb: int = 16000
) -> Iterator[Cluster]:
    """Serve a SLURM until the end of the context.

    Parameters
    ----------
    folder : Path
        Empty or missing; holds all of it.
    nodes, cpus, memory_mb : int
        How many nodes, and what each claims to have.
    """
    slurm = Cluster(folder, nodes, cpus, memory_mb)
    key, address = folder / "munge.key", folder / "munge.socket"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    munged = [
        *(program("munged"), "--foreground", "--force", f"--key-file={key}"),
        *(f"--socket={address}", f"--pid-file={folder}/munge.pid"),
        *(f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed"),
    ]
    with serving(munged, folder / "munge.out", address.exists):
        try:
            slurm.start_controller()
            for name in slurm.nodes:
                slurm.start_node(name)
            slurm.await_nodes()
            yield slurm
        finally:
            slurm.close()
