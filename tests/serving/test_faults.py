"""What befalls a server at work: no wrong answer, no lost record, no crash."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from tests.services.server import wait
from tests.serving.made_models import DATA, Deployments, p_yes
from tests.serving.made_server import Server, load, running

from handbook.serving.requests import SHADOW, records

SLOPES = {"first": 0.01, "second": 0.02, "third": 0.04}


def variant(run: str) -> str:
    return run.rpartition("/")[2]


@pytest.fixture
def deployments(tmp_path: Path) -> Deployments:
    return Deployments(tmp_path)


def test_models_change_under_load_and_no_request_is_lost(deployments: Deployments) -> None:
    deployments.deploy("first", slope=SLOPES["first"])
    with running(deployments.folder, "--workers", "2") as server:

        def deploy() -> None:
            for name in [*SLOPES, *SLOPES, "third"]:
                deployments.deploy(name, "promote", slope=SLOPES[name])
                time.sleep(0.6)
            ended.set()

        ended = threading.Event()
        threading.Thread(target=deploy).start()
        replies = load(server, 4, ended.is_set)
        wait("all answer with the third", lambda: all_answer("third", server), 10)
        counts = server.counts()
    assert {reply.status for _, reply in replies} == {200}
    for age, reply in replies:
        slope = SLOPES[variant(reply.json["run"])]
        assert reply.json["predictions"][0]["p:yes"] == pytest.approx(p_yes(age, slope))
    assert {variant(reply.json["run"]) for _, reply in replies} == {*SLOPES}
    assert counts["handbook_swap_failures_total"] == 0
    frame = server.logged().set_index("request")
    assert frame.index.is_unique
    for age, reply in replies:
        row = frame.loc[reply.json["request"]]
        assert (row["run"], row["x:age"]) == (reply.json["run"], age)
        assert row["p:yes"] == reply.json["predictions"][0]["p:yes"]


def all_answer(name: str, server: Server) -> bool:
    return {variant(server.predict(30).json["run"]) for _ in range(6)} == {name}


def test_a_deployment_that_cannot_be_read_leaves_the_model_before(
    deployments: Deployments,
) -> None:
    deployments.deploy("first")
    with running(deployments.folder) as server:
        deployments.deploy("second", fails=True)
        wait("the swap failed", lambda: server.get("/health").json["status"] == "degraded", 10)
        assert "this estimator fails" in server.get("/health").json["faults"][0]
        assert variant(server.predict(30).json["run"]) == "first"
        history = deployments.history.path
        history.write_text(history.read_text() + "{")
        wait("it says so", lambda: "line 3 is damaged" in server.get("/health").text, 10)
        assert variant(server.predict(30).json["run"]) == "first"
        history.write_text(history.read_text().removesuffix("{"))
        deployments.deploy("third", "rollback")
        wait("it is well again", lambda: server.get("/health").json["status"] == "ok", 10)
        assert variant(server.predict(30).json["run"]) == "third"
        assert "logistic/bank/first goes on" in server.output()


def test_a_killed_worker_loses_no_request_that_was_answered(deployments: Deployments) -> None:
    deployments.deploy("first")
    with running(deployments.folder, "--workers", "2") as server:

        def kill() -> None:
            for _ in range(3):
                time.sleep(0.5)
                server.processes()[0].kill()
                time.sleep(1.0)
            ended.set()

        ended = threading.Event()
        threading.Thread(target=kill).start()
        replies = load(server, 4, ended.is_set)
        assert {reply.status for _, reply in replies} == {200}
        answered = {reply.json["request"] for _, reply in replies}
        wait("two workers and the shadow", lambda: len(server.processes()) == 3, 10)
        assert server.predict(30).status == 200
        assert server.counts()["handbook_worker_starts_total"] >= 4
        assert server.counts()["handbook_rows_total"] >= len(answered)
    frame = server.logged()
    assert frame["request"].is_unique
    assert answered <= set(frame["request"])


def test_a_full_disk_refuses_until_there_is_room(deployments: Deployments) -> None:
    """A limit on the size of files stands for the disk."""
    deployments.deploy("first")
    with running(deployments.folder, file_size=3000) as server:
        replies = [server.predict(30 + turn) for turn in range(30)]
        answered = [reply.json["request"] for reply in replies if reply.status == 200]
        refused = [reply for reply in replies if reply.status != 200]
        assert 0 < len(answered) < 30
        assert {reply.status for reply in refused} == {503}
        message = refused[0].json["message"]
        assert "served/bank: the log of requests cannot be written (File too large)" in message
        assert refused[0].headers["retry-after"] == "1"
        assert server.get("/health").status == 503
        assert server.logged()["request"].tolist() == answered
        for process in server.processes():
            process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert server.get("/health").json["status"] == "ok"
        answered.append(server.predict(30).json["request"])
        assert server.logged()["request"].tolist() == answered


def test_a_full_disk_holds_up_nothing_where_that_is_wished(deployments: Deployments) -> None:
    deployments.deploy("first")
    with running(deployments.folder, "--unlogged", file_size=3000) as server:
        assert {server.predict(30).status for _ in range(30)} == {200}
        health = server.get("/health")
        assert (health.status, health.json["status"]) == (200, "degraded")
        kept = len(server.logged())
        assert server.counts()["handbook_unlogged_total"] == 30 - kept > 0


def test_requests_may_be_kept_nowhere(deployments: Deployments) -> None:
    deployments.deploy("first")
    with running(deployments.folder, "--no-log") as server:
        assert server.predict(30).status == 200
        assert len(server.processes()) == 1  # no shadow without a log
    assert not (deployments.folder / "served").exists()


def test_an_end_answers_what_was_accepted(deployments: Deployments) -> None:
    deployments.deploy("slow", slope=0.1, seconds=1.0)
    with running(deployments.folder, "--workers", "2") as server, ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(server.predict, 30 + number) for number in range(6)]
        processes = server.processes()
        time.sleep(0.4)
        begin = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        replies = [future.result() for future in futures]
        psutil.wait_procs([*processes, psutil.Process(server.pid)], 10)
        assert time.monotonic() - begin < 8.0
        assert not any(process.is_running() for process in processes)
    assert [reply.status for reply in replies] == [200] * 6
    assert len(server.logged()) == 6


def test_workers_end_with_a_server_that_is_killed(deployments: Deployments) -> None:
    deployments.deploy("first")
    with running(deployments.folder, "--workers", "2") as server:
        processes = server.processes()
        os.kill(server.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(processes, 10)
    assert alive == []


def test_who_waits_too_long_or_comes_when_all_is_full_is_told(deployments: Deployments) -> None:
    deployments.deploy("slow", slope=0.1, seconds=1.2)
    options = ("--timeout", "1.0", "--max-rows", "4")
    with running(deployments.folder, *options) as server, ThreadPoolExecutor(3) as pool:
        first = pool.submit(server.predict, 30)
        time.sleep(0.3)
        second = pool.submit(server.predict, 30, 40, 50)
        time.sleep(0.2)
        third = server.predict(30, 40)
        assert first.result().status == second.result().status == 504
        assert "no answer within 1 s" in first.result().json["message"]
        assert third.status == 503
        assert "too many rows wait" in third.json["message"]


def test_a_worker_whose_prediction_never_ends_is_replaced(deployments: Deployments) -> None:
    deployments.deploy("first", stuck_at=66.0)
    with running(deployments.folder, "--timeout", "0.5") as server:
        assert server.predict(66).status == 504
        wait("it is replaced", lambda: "a prediction does not end" in server.output(), 10)
        wait("it answers", lambda: server.predict(30).status == 200, 10)


def test_a_shadow_answers_the_same_rows_and_never_touches_an_answer(
    deployments: Deployments,
) -> None:
    deployments.deploy("first", slope=0.01)
    with running(deployments.folder) as server:
        unseen = server.predict(30)
        deployments.deploy("second", "shadow", slope=0.02, seconds=0.5)
        wait("it is there", lambda: "second answers in the shadow" in server.output(), 10)
        times = []
        for turn in range(20):
            begin = time.monotonic()
            reply = server.predict(30 + turn)
            times.append(time.monotonic() - begin)
            assert variant(reply.json["run"]) == "first"
        assert sorted(times)[10] < 0.3  # though the shadow takes longer
        kill_shadow(server)
        after = server.predict(77)
        wait("the shadow has answered all", lambda: shadowed(server) == 22, 20)
        frame = server.logged()
        assert frame["run"].map(variant).unique().tolist() == ["first"]
        assert frame["shadow_run"].map(variant).unique().tolist() == ["second"]
        expected = [p_yes(age, 0.02) for age in frame["x:age"]]
        assert frame["shadow:p:yes"].tolist() == pytest.approx(expected)
        assert {unseen.json["request"], after.json["request"]} <= set(frame["request"])
        (path,) = (deployments.folder / "served" / DATA).glob(f"*{SHADOW}")
        assert len({record["id"] for record in records(path)}) == len([*records(path)]) == 22


def kill_shadow(server: Server) -> None:
    server.processes()[-1].kill()


def shadowed(server: Server) -> int:
    frame = server.logged()
    return int(frame["shadow_run"].notna().sum()) if "shadow_run" in frame else 0


def test_a_shadow_that_fails_is_counted(deployments: Deployments) -> None:
    deployments.deploy("first")
    deployments.deploy("second", "shadow", fails=True)
    with running(deployments.folder) as server:
        assert server.predict(30, 40).status == 200
        wait("it failed", lambda: server.counts()["handbook_shadow_failures_total"] == 1, 10)
        assert server.predict(30).status == 200
        (path,) = (deployments.folder / "served" / DATA).glob(f"*{SHADOW}")
        assert next(records(path))["fault"] == "this estimator fails"


def test_what_cannot_serve_says_why(deployments: Deployments) -> None:
    def error_of(*options: str) -> str:
        command = [sys.executable, "-m", "handbook", "serve", *options]
        done = subprocess.run(
            command, cwd=deployments.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr

    deployments.deploy("first")
    with running(deployments.folder) as server:
        port = str(server.port)
        assert f"127.0.0.1:{port} cannot be used" in error_of(DATA, "--port", port)
    assert "--workers 0: expected more than 0" in error_of(DATA, "--workers", "0")
    assert "leave out --no-log" in error_of(DATA, "--no-log", "--shadow", "a/b/c")
