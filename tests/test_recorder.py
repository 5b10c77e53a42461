"""The recorder of rights reads requests as the cluster does."""

import pytest

from tests.recorder import Right, used

RBAC = "rbac.authorization.k8s.io"


@pytest.mark.parametrize(
    ("request_", "rights"),
    [
        pytest.param(("GET", "https://h/api/v1/", False, ""), set(), id="which-kinds"),
        pytest.param(("GET", "https://h/apis/apps/v1", False, ""), set(), id="which-kinds-of"),
        pytest.param(
            ("GET", "https://h/api/v1/namespaces/x/pods?watch=1", True, ""),
            {Right("", "pods", "watch")},
            id="watch",
        ),
        pytest.param(
            ("DELETE", "https://h/api/v1/namespaces/x", False, ""),
            {Right("", "namespaces", "delete")},
            id="namespace",
        ),
        pytest.param(
            ("PATCH", f"https://h/apis/{RBAC}/v1/namespaces/x/rolebindings/w", False, "x/apply-p"),
            {Right(RBAC, "rolebindings", "patch"), Right(RBAC, "rolebindings", "create")},
            id="apply",
        ),
    ],
)
def test_what_a_request_needs(request_, rights):
    """A request is known by its address for the right that it needs."""
    assert used(*request_) == rights
