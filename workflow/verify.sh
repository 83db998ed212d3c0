#!/usr/bin/env bash
# Makes the demo twice from nothing and compares every result, the report too, byte by byte, but for
# what was measured (times, memory, dates, commits), which stands apart.
set -euo pipefail
for copy in one two; do
    rm -rf "build/verify/$copy"
    snakemake --workflow-profile workflow/profiles/demo --directory "build/verify/$copy" --quiet all
done
handbook verify build/verify/one/results build/verify/two/results
