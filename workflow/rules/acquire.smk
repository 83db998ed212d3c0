# From public sources to data/raw, one file a job.
FILES = {
    path: (name, file)
    for name in PARAMS.data_sets()
    if source_of(name)
    for path, file in zip(raw_files(name), source_of(name).files)
}


rule acquire:
    output:
        "data/raw/{folder}/{file}",
    log:
        "logs/acquire/{folder}/{file}.log",
    conda:
        "../envs/handbook.yaml"
    params:
        # The digest pins every byte, so neither the addresses nor the code that fetched the
        # file are part of what it depends on.
        pin=lambda w: FILES[f"data/raw/{w.folder}/{w.file}"][1].sha256,
        release=lambda w: PARAMS.release(FILES[f"data/raw/{w.folder}/{w.file}"][0]),
        data=lambda w: FILES[f"data/raw/{w.folder}/{w.file}"][0],
    message:
        "Acquiring {wildcards.folder}/{wildcards.file}"
    shell:
        "handbook acquire {params.data} {wildcards.file} --release {params.release}"
        " --output {output} --log {log}"
