"""How much a session's project may use: the sizes small to x-large, as Homeroom named them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What a project may use in all, and what a container gets that asks for nothing."""

    cpu: str
    memory: str
    pods: int
    claims: int
    storage: str
    container_cpu: str
    container_memory: str


BUDGETS = {
    "small": Budget("1", "1Gi", 10, 3, "3Gi", "250m", "256Mi"),
    "medium": Budget("2", "2Gi", 20, 6, "6Gi", "500m", "512Mi"),
    "large": Budget("4", "4Gi", 40, 12, "12Gi", "500m", "1Gi"),
    "x-large": Budget("8", "8Gi", 80, 18, "18Gi", "500m", "2Gi"),
}


def quota(budget: Budget) -> dict[str, str]:
    """The hard limits of a ResourceQuota."""
    return {
        "limits.cpu": budget.cpu,
        "limits.memory": budget.memory,
        "requests.cpu": budget.cpu,
        "requests.memory": budget.memory,
        "pods": str(budget.pods),
        "persistentvolumeclaims": str(budget.claims),
        "requests.storage": budget.storage,
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def limit_range(budget: Budget) -> list[dict[str, object]]:
    """What a container gets that says nothing, so that the quota never refuses it for that."""
    return [
        {
            "type": "Container",
            "default": {"cpu": budget.container_cpu, "memory": budget.container_memory},
            "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
        }
    ]
