from handbook.claims import registry as claims
from handbook.report.figures import claim as claim_figures


# The claims of the book, each put to the test and drawn.
rule claim:
    """puts a claim of the book to the test"""
    input:
        train=lambda w: rows_of(PARAMS.claims[w.claim], "train.arrow"),
        accepted=lambda w: rows_of(PARAMS.claims[w.claim], "accepted.json"),
    output:
        "results/claims/{claim}/result.json",
    log:
        "logs/claim/{claim}.log",
    conda:
        "../envs/handbook.yaml"
    threads: lambda w: PARAMS.threads(PARAMS.claims[w.claim])
    resources:
        **REQUESTS,
    params:
        spec=lambda w: specs.claim_spec(PARAMS, w.claim).model_dump_json(),
        # Fixed, however many cores there are: it changes the order of sums.
        threads=lambda w: PARAMS.threads(PARAMS.claims[w.claim]),
        code=lambda w: code("handbook.claims.registry", claims.module_name(w.claim)),
        versions=lambda w: versions(
            "handbook.claims.registry", claims.module_name(w.claim)
        ),
    message:
        "Putting the claim {wildcards.claim} to the test"
    shell:
        "handbook claim {wildcards.claim} --threads {params.threads} --log {log}"


rule draw_claim:
    """draws a claim of the book"""
    input:
        "results/claims/{claim}/result.json",
    output:
        shown(
            "results/claims/{claim}/figure.svg",
            *("claim", "The book's claims"),
            claim="{claim}",
        ),
    log:
        "logs/draw-claim/{claim}.log",
    conda:
        "../envs/handbook.yaml"
    resources:
        **REQUESTS,
    params:
        code=lambda w: code(
            "handbook.report.figures.claim", claim_figures.module_of(w.claim)
        ),
        versions=lambda w: versions(claim_figures.module_of(w.claim)),
    message:
        "Drawing the claim {wildcards.claim}"
    shell:
        "handbook draw-claim {wildcards.claim} --log {log}"
