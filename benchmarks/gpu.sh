#!/bin/sh
# What a GPU makes of this project's networks, in at most five minutes.
#
#     benchmarks/gpu.sh [--cpu-smoke] [--out FILE]
#
# Each part of benchmarks/gpu_part.py runs in a process and a time of its own, so that none that
# fails, hangs or crashes the driver takes another with it; what a part has found, or why it found
# nothing, goes to benchmarks/results/gpu.json. Without a GPU it says so and ends well, having run
# each part for a moment on the processor; `--cpu-smoke` does that anywhere, and writes no results
# but to the file that --out names.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1
PYTHONPATH="$root/src${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH
python=${PYTHON:-python}
[ -x "$root/.venv/bin/python" ] && [ -z "${PYTHON:-}" ] && python="$root/.venv/bin/python"

smoke='' out=''
while [ $# -gt 0 ]; do
  case $1 in
    --cpu-smoke) smoke=1 ;;
    --out) shift; out=${1:?--out: name a file} ;;
    *) echo "gpu.sh: $1: unknown; give --cpu-smoke or --out FILE" >&2; exit 2 ;;
  esac
  shift
done
if [ -z "$smoke" ] && ! "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
  echo 'gpu.sh: torch sees no GPU here; each part is tried for a moment on the processor'
  smoke=1
fi
[ -n "$out" ] || { [ -n "$smoke" ] || out=benchmarks/results/gpu.json; }

# seconds of each part: 285 in all
parts='machine:15 host:55 dcgan:60 formats:50 gan:30 cnn:25 lstm:25 repeats:25'
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for entry in $parts; do
  part=${entry%%:*}
  timeout -k 5 "${entry##*:}" "$python" benchmarks/gpu_part.py "$part" ${smoke:+--cpu-smoke} \
    >"$work/$part.json" 2>"$work/$part.err"
  status=$?
  [ "$status" = 0 ] || echo "gpu.sh: $part: ended with $status: $(tail -n 1 "$work/$part.err")" >&2
  echo "$status" >"$work/$part.status"
done
names=$(echo "$parts" | sed 's/:[0-9]*//g')
# shellcheck disable=SC2086  # names are words
"$python" benchmarks/gpu_gather.py ${out:+--out "$out"} ${smoke:+--cpu-smoke} "$work" $names
