"""Who a visitor is: logins at the hub, or an author's one-time link."""
