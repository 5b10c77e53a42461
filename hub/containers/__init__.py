"""Sessions as containers of Docker or Podman on one machine."""
