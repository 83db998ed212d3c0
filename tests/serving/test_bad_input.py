"""What is wrong with a request is its sender's to read, with the column, and never a 500."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest
from tests.services.server import HOST
from tests.serving.made_models import ROWS, Deployments, saved
from tests.serving.made_server import JSON, SPLIT, Server, running

GOOD = {"age": 30, "balance": 1.5, "job": "clerk"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bad_input")
    Deployments(folder).deploy("first")
    with running(folder, "--timeout", "1.5", "--max-bytes", "1000000") as server:
        yield server
        assert "Traceback" not in server.output()
        assert server.counts()['handbook_requests_total{status="500"}'] == 0


def records(**columns: Any) -> Any:
    return {"dataframe_records": [GOOD, GOOD | columns]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{'age': 30}", "the body is no JSON: Expecting property name"),
        ("", "the body is no JSON: Expecting value"),
        (b"\xff\xfe{}\x00", "the body is no JSON"),
        ('{"inputs": {"age": ["' + "\\", "the body is no JSON"),
        ("[" * 100_000, "the body is nested too deeply"),
        ('{"inputs": ' + "9" * 5000 + "}", "the body is no JSON: Exceeds the limit"),
        ([1, 2], "the body is a list; expected an object with one of dataframe_split"),
        ({}, "the body holds nothing; expected one of dataframe_split"),
        ({"rows": []}, "the body holds rows; expected one of dataframe_split"),
        ({"inputs": {}, "instances": []}, "the body holds inputs, instances; expected one of"),
        ({"dataframe_records": []}, "no rows: expected at least one"),
        ({"dataframe_records": GOOD}, "dataframe_records: an object; expected a list of objects"),
        ({"dataframe_records": [GOOD, 3]}, "dataframe_records: row 2 is a number; expected an obj"),
        ({"dataframe_split": SPLIT | {"data": [[30, 1.5]]}}, "row 1 is 2 values; expected 3"),
        ({"dataframe_split": {"columns": ["a", "a"], "data": []}}, "column 'a' stands there 2x"),
        ({"inputs": {"age": [1], "balance": [1, 2]}}, "columns differ in their number of rows"),
        ({"inputs": {"age": [1], "balance": 1}}, "column 'balance' is a number; expected a list"),
        (records(age=None), "column 'age': nothing in row 2"),
        ('{"inputs": {"age": [NaN], "balance": [1], "job": ["clerk"]}}', "column 'age': nothing"),
        (records(age=float("inf")), "column 'age': inf in row 2; expected numbers"),
        (records(age="old"), "column 'age': 'old' in row 2; expected numbers"),
        (records(age=[30]), "column 'age': a list in row 2; expected a number, a string or null"),
        (records(age={"years": 30}), "column 'age': an object in row 2"),
        (records(age=10**400), "column 'age'"),
        (records(age=-1e39), "column 'age': -1e+39 in row 2; expected numbers of at most 1e+30"),
        (records(job="pilot"), "column 'job': 'pilot' in row 2; the training rows have clerk"),
        (records(job=7), "column 'job': '7' in row 2"),
        (records(job="\ud800"), "column 'job': a string is no Unicode"),
        ({"inputs": {"\ud800": [1]}}, "column '\\ud800': a string is no Unicode"),
        ({"dataframe_records": [{"age": 30, "job": "clerk"}]}, "rows lack 1 of 3 columns: balance"),
        ({"inputs": [[[1, 2], [3, 4]]]}, "rows lack 3 of 3 columns: age, balance, job"),
        (records() | {"params": {"policy": "guess"}}, "policy 'guess': use one of refuse, flag"),
        (records() | {"params": {"polici": "flag"}}, "'polici' is unknown; did you mean 'policy'"),
        (records() | {"params": {"policy": 3}}, "policy is a number; expected a string"),
        (records() | {"params": ["flag"]}, "params: a list; expected an object"),
        (records() | {"params": {"method": "fit"}}, "method 'fit' is not one of Logistic's; use"),
    ],
)
def test_what_is_wrong_is_named(server: Server, content: Any, message: str) -> None:
    reply = server.post(content)
    assert message in reply.json["message"]
    assert (reply.status, reply.json["error_code"]) == (400, "BAD_REQUEST")


def test_what_is_no_number_is_null_in_an_answer(server: Server) -> None:
    """JSON has no NaN, and clients other than Python's would fail on it."""
    reply = server.post(records(age=None) | {"params": {"policy": "flag"}})
    assert reply.status == 200
    content = json.loads(reply.text, parse_constant=pytest.fail)
    assert content["predictions"][1]["p:yes"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"age,balance,job\n30,1,clerk,4\n", "CSV: row 1 is 4 values; expected 3 values"),
        (b"age,balance,job\nold,1,clerk\n", "column 'age': 'old' in row 1; expected numbers"),
        (b"age,balance,job\n", "no rows"),
        (b"age,balance,j\xf6b\n1,2,3\n", "the body is no CSV in UTF-8"),
        (b'age,balance,job\n1,2,"clerk\n', "the body is no CSV in UTF-8: unexpected end of data"),
    ],
)
def test_what_is_wrong_with_a_csv_is_named(server: Server, text: bytes, message: str) -> None:
    reply = server.ask("POST", "/invocations", text, content_type="text/csv")
    assert reply.status == 400
    assert message in reply.json["message"]


@pytest.mark.parametrize(
    ("method", "address", "kind", "status", "message"),
    [
        ("POST", "/invocations", "application/x-parquet", 415, "send application/json or text/csv"),
        ("POST", "/invocations", "text/csv; charset=latin-1", 415, "only charset=utf-8"),
        ("GET", "/invocations", "", 405, "rows go to POST /invocations"),
        ("POST", "/predict", "", 404, "rows go to POST /invocations"),
    ],
)
def test_what_goes_elsewhere_is_refused(
    server: Server, method: str, address: str, kind: str, status: int, message: str
) -> None:
    reply = server.ask(method, address, "{}", content_type=kind)
    assert reply.status == status
    assert message in reply.json["message"]


def memory(server: Server) -> int:
    return sum(process.memory_info().rss for process in server.processes())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_100_mb_is_refused_and_not_kept(server: Server, chunked: bool) -> None:
    before = memory(server)
    chunk = b" " * 1_000_000
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    body = (chunk for _ in range(100))
    headers = JSON if chunked else JSON | {"content-length": "100000000"}
    connection.request("POST", "/invocations", body, headers, encode_chunked=chunked)
    reply = connection.getresponse()
    assert reply.status == 413
    message = json.loads(reply.read())["message"]
    assert "expected at most 1,000,000: send fewer rows at once" in message
    connection.close()
    assert memory(server) - before < 50_000_000
    assert server.predict(30).status == 200


def test_slow_clients_are_left_and_hold_nobody_up(server: Server) -> None:
    """A head that never ends is cut off, a body gets an answer; others are served meanwhile."""
    head = b"POST /invocations HTTP/1.1\r\nhost: a\r\n"
    whole = b"content-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    clients = [socket.create_connection((HOST, server.port), timeout=30) for _ in range(60)]
    silent, heads, bodies = clients[:20], clients[20:40], clients[40:]
    for client in heads:
        client.sendall(head)
    for client in bodies:
        client.sendall(head + whole)
    begin = time.monotonic()
    assert server.predict(30).status == 200
    assert time.monotonic() - begin < 1.0
    for client in bodies:
        assert client.recv(1000).startswith(b"HTTP/1.1 408 Request Timeout")
    for client in (*silent, *heads):
        with suppress(ConnectionResetError):
            assert client.recv(1000) == b""
    assert time.monotonic() - begin < 10.0
    for client in clients:
        client.close()


def test_good_rows_beside_bad_ones_are_answered(server: Server) -> None:
    for policy, status in (("refuse", 400), ("flag", 200), ("pass", 200)):
        reply = server.post(records(job="pilot") | {"params": {"policy": policy}})
        assert reply.status == status
        if policy == "flag":
            remarks = [row["unfamiliar"] for row in reply.json["predictions"]]
            assert remarks == ["", "job: 'pilot' is new"]
    assert server.post({"dataframe_split": SPLIT}).status == 200
    assert len(server.post({"dataframe_split": SPLIT}).json["predictions"]) == len(ROWS)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_mlflows_own_client_is_answered(server: Server) -> None:
    from mlflow.pyfunc.scoring_server.client import ScoringServerClient

    client = ScoringServerClient(HOST, server.port)
    client.wait_server_ready(timeout=10)
    answers = client.invoke(ROWS, {"policy": "flag"}).get_predictions()
    expected = saved().predict(ROWS, {"policy": "flag"})
    pd.testing.assert_frame_equal(answers, expected, check_dtype=False, check_like=True)
