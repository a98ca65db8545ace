"""Credentials at the fixed addresses of AWS: the relative URI of a container, the metadata service of an instance."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.identity import ACCOUNT, session

SCRIPT = Path(__file__).parent / "support" / "link_local.py"


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict:
    """Both identities by source, from a network of its own."""
    privileges = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    ran = subprocess.run(
        ["unshare", *privileges, "--net", sys.executable, SCRIPT, tmp_path_factory.mktemp("addresses")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_relative_uri_of_a_container(found):
    assert found["container"]["adapter"] == found["container"]["boto3"] == session("task-role", "task")


def test_the_metadata_service_of_an_instance(found):
    adapter = found["instance"]["adapter"]
    assert adapter == found["instance"]["boto3"]
    assert adapter.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/")
