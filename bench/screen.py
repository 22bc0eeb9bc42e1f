from bench.report import Report
from bench.scale import Scale


def measure(report: Report, scale: Scale) -> None:
    pass
