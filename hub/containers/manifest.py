"""What a session's containers are made of, as the engine's interface has it; pure rules.

`anchor` does nothing but hold the session's network, so that each of the others can be started anew
without losing it. `dashboard` has the hub's token, the home to read, and the only port; `terminal`
has the shells and the home. Neither sees the other's processes; they meet on a socket in memory.
"""

from collections.abc import Mapping

from hub.containers.seat import Object, Seat
from hub.images import HOME, NOTES, SOCKET, SOCKETS
from hub.settings import SessionSettings

PORT = 8888
#: The images' own user, whatever an author's image says.
USER = "1001:0"
MIB = 1 << 20
#: Options of a volume in memory; what is in it counts as the memory of who wrote it.
IN_MEMORY = {"type": "tmpfs", "device": "tmpfs", "o": "uid=1001,gid=0,mode=0770"}
ANCHOR = "anchor"


def anchor(s: SessionSettings, seat: Seat) -> Object:
    """The container whose network the others share."""
    network = seat.called("network")
    host = _restricted(memory=16 * MIB, cpus=1, processes=8) | {"NetworkMode": network}
    endpoint = {"IPAMConfig": {"IPv4Address": seat.address}}
    return {
        "Image": s.dashboard_image,
        "Hostname": "workshop",
        "User": USER,
        "Entrypoint": ["tini", "--", "sleep", "infinity"],
        "Cmd": [],
        "HostConfig": host,
        "NetworkingConfig": {"EndpointsConfig": {network: endpoint}},
    }


def dashboard(s: SessionSettings, seat: Seat, notes: str, environment: Mapping[str, str]) -> Object:
    """The gateway and the pages."""
    mounts = [
        _volume(seat.called("sockets"), SOCKETS),
        _volume(seat.called("home"), HOME, read_only=True),
        _volume(notes, NOTES, read_only=True),
    ]
    host = _restricted(memory=256 * MIB, cpus=1, processes=128)
    return _beside(seat, s.dashboard_image, host | {"Mounts": mounts}, environment)


def terminal(s: SessionSettings, seat: Seat, notes: str) -> Object:
    """The attendee's shells: no port, nothing of the hub's."""
    mounts = [
        _volume(seat.called("sockets"), SOCKETS),
        _volume(seat.called("home"), HOME, fills=True),
        _volume(notes, NOTES, read_only=True),
        {"Type": "volume", "Target": "/tmp"},
    ]
    host = _restricted(memory=s.memory, cpus=s.cpus, processes=512)
    environment = {"HOME": HOME, "WORKSHOP_TERMINAL_SOCKET": SOCKET}
    return _beside(seat, s.terminal_image, host | {"Mounts": mounts}, environment)


def sidecar(s: SessionSettings, seat: Seat, image: str) -> Object:
    """A further container, reached on loopback; its image says who it runs as."""
    host = _restricted(memory=s.memory, cpus=s.cpus, processes=512)
    made = _beside(seat, image, host | {"ReadonlyRootfs": False}, {})
    del made["User"]
    return made


def containers(
    s: SessionSettings, seat: Seat, notes: str, environment: Mapping[str, str]
) -> dict[str, Object]:
    """All of a session's, in the order in which they are made.

    The terminal comes before the dashboard: whoever mounts a new home first says whose it is.
    """
    return {
        ANCHOR: anchor(s, seat),
        "terminal": terminal(s, seat, notes),
        "dashboard": dashboard(s, seat, notes, environment),
        **{name: sidecar(s, seat, image) for name, image in s.sidecars.items()},
    }


def filler(image: str, notes: str, command: list[str]) -> Object:
    """A container that puts the workshop's notes into their volume, and ends."""
    host = _restricted(memory=512 * MIB, cpus=1, processes=128)
    mounts = [_volume(notes, NOTES, fills=True), {"Type": "volume", "Target": "/tmp"}]
    return {
        "Image": image,
        "User": USER,
        "Entrypoint": command,
        "Cmd": [],
        "HostConfig": host | {"Mounts": mounts, "RestartPolicy": {"Name": "no"}},
    }


def _beside(seat: Seat, image: str, host: Object, environment: Mapping[str, str]) -> Object:
    return {
        "Image": image,
        "User": USER,
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "HostConfig": host | {"NetworkMode": f"container:{seat.called(ANCHOR)}"},
    }


def _restricted(*, memory: int, cpus: int, processes: int) -> Object:
    """No rights on the machine, and limits of everything."""
    return {
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "ReadonlyRootfs": True,
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": cpus * 10**9,
        "PidsLimit": processes,
        "RestartPolicy": {"Name": "always"},
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "4m"}},
    }


def _volume(name: str, target: str, *, read_only: bool = False, fills: bool = False) -> Object:
    """A volume in its place; only one that `fills` is given what the image has there."""
    return {
        "Type": "volume",
        "Source": name,
        "Target": target,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": not fills},
    }
