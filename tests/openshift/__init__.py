"""A strict stand-in for OpenShift's OAuth server and its API of users.

It answers, and refuses, as the real servers were seen to: see `tests/test_openshift_standin.py`.
"""
