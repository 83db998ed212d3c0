# The worked examples.
rule lab:
    output:
        "results/labs/{lab}/result.json",
    log:
        "logs/lab/{lab}.log",
    conda:
        "../envs/handbook.yaml"
    params:
        spec=lambda w: PARAMS.labs[w.lab].model_dump_json(),
        code=lambda w: code(f"handbook.labs.{w.lab.replace('-', '_')}"),
        versions=lambda w: versions(f"handbook.labs.{w.lab.replace('-', '_')}"),
    message:
        "Working lab {wildcards.lab}"
    shell:
        "handbook lab {wildcards.lab} --spec {params.spec:q} --output {output} --log {log}"
