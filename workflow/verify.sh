#!/usr/bin/env bash
# Makes the demo twice from nothing and compares every result byte by byte, but for what holds
# times: context.json, runs.json and the report made from them.
set -euo pipefail
for copy in one two; do
    rm -rf "build/verify/$copy"
    snakemake --workflow-profile workflow/profiles/demo --directory "build/verify/$copy" --quiet all
done
diff -r --exclude=context.json --exclude=runs.json --exclude=report \
    build/verify/one/results build/verify/two/results
echo "Two rebuilds are identical: $(find build/verify/one/results -type f | wc -l) files."
