# What the rules of sweeps ask: the plan of each, and what its trials depend on.
from functools import cache

from handbook.catalogue.sweeps import sweep_spec
from handbook.core.files import digest
from handbook.sweeps import plan
from handbook.sweeps.results import found


@cache
def spec_of_sweep(name):
    return sweep_spec(PARAMS, name)


@cache
def modules_of_sweep(name):
    spec = spec_of_sweep(name)
    return provenance.modules("sweeps.evaluate", spec["task"], spec["estimator"])


@cache
def code_of_sweep(name):
    return code(*modules_of_sweep(name))


@cache
def versions_of_sweep(name):
    return versions(*modules_of_sweep(name))


@cache
def made_by(name):
    """What a trial's score depends on besides parameters and data, as one digest."""
    return digest({"code": code_of_sweep(name), "versions": versions_of_sweep(name)})


@cache
def jobs_of_sweep(name):
    return plan.jobs(spec_of_sweep(name))


def plain(spec):
    return json.dumps(spec, separators=(",", ":"), ensure_ascii=False)


def chunks_of(name, before=None):
    """What the jobs of a sweep write; only those of the rounds before one, where it is given."""
    return [
        f"results/sweeps/{name}/chunks/{job.round}-{job.chunk}.json"
        for job in jobs_of_sweep(name)
        if before is None or job.round < before
    ]


# The sweeps that have results, those of the command line among them.
SWEPT = found(
    Path("results/sweeps"),
    {
        name: (spec_of_sweep(name), lambda name=name: made_by(name))
        for name in PARAMS.sweeps
    },
)
