"""Programs of the attendee that listen on a port: whose they are, and the way to them."""
