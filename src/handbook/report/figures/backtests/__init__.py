"""The figures of backtests: scores and answers over time, drift, alarms, what is regained."""
