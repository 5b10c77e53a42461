"""A session's own Route or Ingress, as rules without a cluster."""

import pytest

from hub.pods.address import address
from hub.pods.seat import Seat
from hub.pods.settings import PodSettings

SEAT = Seat(prefix="/user/ada/", user="ada", name="session-ada", host="ada--class.example.com")


def settings(**there):
    given = {"namespace": "class", "service": "class-proxy", **there}
    return PodSettings(
        namespace="seats", release="may", dashboard_image="d", terminal_image="t", address=given
    )


def test_a_route_leads_to_the_proxy_by_https_alone():
    """Beside the proxy's Service, named and labelled as the session's, with TLS at the router."""
    made = address(settings(kind="Route", annotations={"a": "b"}), SEAT)

    assert made["metadata"] == {
        "name": "may-session-ada",
        "namespace": "class",
        "labels": {"workshop/release": "may", "workshop/session": "session-ada"},
        "annotations": {"a": "b", "workshop/user": "ada"},
    }
    assert made["spec"]["host"] == SEAT.host
    assert made["spec"]["to"] == {"kind": "Service", "name": "class-proxy"}
    assert made["spec"]["tls"] == {
        "termination": "edge",
        "insecureEdgeTerminationPolicy": "Redirect",
    }


def test_a_further_host_has_an_object_of_its_own():
    """As the session's, but for name and host: none is called as another session's own."""
    given = settings(kind="Route")
    own, made = address(given, SEAT), address(given, SEAT, "p8080")

    assert made["spec"] == own["spec"] | {"host": "p8080--ada--class.example.com"}
    assert made["metadata"] == own["metadata"] | {"name": "may-session-ada--p8080"}
    with pytest.raises(ValueError, match="expected a label"):
        address(given, SEAT, "quin")


@pytest.mark.parametrize("secret", ["", "class-tls"], ids=["no-certificate", "certificate"])
def test_an_ingress_leads_to_the_proxy(secret):
    """The host, the class and the certificate are those that the operator set."""
    made = address(settings(kind="Ingress", class_name="nginx", tls_secret=secret), SEAT)

    assert made["spec"]["ingressClassName"] == "nginx"
    (rule,) = made["spec"]["rules"]
    assert rule["host"] == SEAT.host
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "class-proxy"
    assert made["spec"].get("tls", []) == (
        [{"hosts": [SEAT.host], "secretName": secret}] if secret else []
    )
