from handbook.catalogue import backtests
from handbook.monitoring.backtest_files import FIGURES as BACKTEST_FIGURES


# Rows in order of time: what a random split promises of them, and what came.
rule backtest:
    """splits rows by time"""
    input:
        raw=lambda w: list(raw.pins(w.data, PARAMS.release(w.data))),
        accepted="results/data/{data}/accepted.json",
    output:
        "results/backtests/{data}.json",
    log:
        "logs/backtest/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        spec=lambda w: backtests.backtest_spec(PARAMS, w.data).model_dump_json(),
        release=lambda w: release_of(w.data),
        code=lambda w: code(*modules_of_backtest(w.data)),
        versions=lambda w: versions(*modules_of_backtest(w.data)),
    message:
        "Splitting {wildcards.data} by time"
    shell:
        "handbook backtest {wildcards.data} --log {log}"


rule draw_backtest:
    """draws a backtest"""
    input:
        "results/backtests/{data}.json",
    output:
        [
            shown(
                f"results/backtests/{{data}}/{figure}.svg",
                *("backtest", "After training", "{data}"),
                figure=figure,
            )
            for figure in BACKTEST_FIGURES
        ],
    log:
        "logs/draw-backtest/{data}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=code("handbook.report.figures.backtests.draw"),
        versions=versions("handbook.report.figures.backtests.draw"),
    message:
        "Drawing the backtest of {wildcards.data}"
    shell:
        "handbook draw-backtest {wildcards.data} --log {log}"
