# From public sources to data/raw, one file a job.
rule acquire:
    """brings a raw file, checks its digest"""
    output:
        "data/raw/{folder}/{file}",
    log:
        "logs/acquire/{folder}/{file}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        # The digest pins every byte, so neither the addresses nor the code that fetched the
        # file are part of what it depends on.
        pin=lambda w: pinned(w).file.sha256,
        release=lambda w: pinned(w).release,
        data=lambda w: pinned(w).data,
    message:
        "Acquiring {wildcards.folder}/{wildcards.file}"
    shell:
        "handbook acquire {params.data} {wildcards.file} --log {log}"
