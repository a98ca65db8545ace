"""The commands of the documentation, run where that is cheap, and looked over where it is not."""

import os
import re
import shutil
import subprocess

import pytest

from support.hosting import program
from support.stack import BINARIES, REPOSITORY
from test_documentation import PAGES

TARGETS = set(re.findall(r"^([a-z_]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def commands() -> list:
    found = []
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)):
            found.append(pytest.param(page, block, id=f"{page.name}-{number}"))
    return found


@pytest.mark.parametrize(("page", "block"), commands())
def test_commands_are_well_formed_and_name_what_exists(page, block):
    if "<" not in block:
        checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
    for target in re.findall(r"^make ([a-z_]+)", block, re.MULTILINE):
        assert target in TARGETS
    for path in re.findall(r"(?<![/\w.])((?:deploy|nginx|docs|Tests)/[\w./-]+|\.env\.example)", block):
        assert (REPOSITORY / path).exists(), path


def section(page: str, heading: str) -> list[str]:
    text = (REPOSITORY / "docs" / page).read_text()
    text = re.split(rf"^## {re.escape(heading)}$", text, maxsplit=1, flags=re.MULTILINE)[1]
    return re.findall(r"```sh\n(.*?)```", re.split(r"^## ", text, flags=re.MULTILINE)[0], re.DOTALL)


def test_the_installation_under_systemd_and_nginx_works_as_written(tmp_path):
    """In a root with a copy of /etc, where sudo does nothing and systemctl writes down what it is told."""
    etc, tools = tmp_path / "etc", tmp_path / "tools"
    shutil.copytree(
        "/etc", etc, symlinks=True, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("*shadow*")
    )
    (etc / "systemd" / "system").mkdir(parents=True, exist_ok=True)
    tools.mkdir()
    for name, script in {"sudo": 'exec "$@"', "systemctl": 'echo "$@" >>/run/systemctl'}.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    certificate = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 1 -subj /CN=localhost"
        " -keyout /etc/nginx/dial-adapter/key.pem -out /etc/nginx/dial-adapter/certificate.pem 2>/dev/null"
    )
    program_block, systemd, nginx, check, upgrade = [
        *section("deployment.md", "The program"),
        *section("deployment.md", "systemd and nginx"),
    ]
    program_block = program_block.replace("make build\n", "").replace(".build/release", "/run/release")
    upgrade = upgrade.replace(".build/release", "/run/release")
    script = "\n".join(
        [
            "set -e",
            program_block,
            systemd,
            nginx,
            certificate,
            check,
            "bedrock-adapter --check-config",
            upgrade,
            "[ ! -e /etc/nginx/dial-adapter/nginx ]",
            "cat /run/systemctl; ls -l /etc/dial-adapter.env /etc/systemd/system/dial-adapter.*",
        ]
    )
    options = f"""
        --ro-bind / / --bind {etc} /etc --dev /dev --proc /proc --unshare-net --chdir {REPOSITORY}
        --tmpfs /run --ro-bind {tools} /run/tools --ro-bind {BINARIES} /run/release
        --tmpfs /usr/local --dir /usr/local/bin --tmpfs /var/log --dir /var/log/nginx --tmpfs /var/lib/nginx
        --setenv PATH /run/tools:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"""
    command = [program("bwrap"), *options.split()]
    ran = subprocess.run([*command, "--", "bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "syntax is ok" in ran.stderr and "test is successful" in ran.stderr
    assert "enable --now dial-adapter.socket dial-adapter.service" in ran.stdout
    assert ran.stdout.count("reload nginx") == 2 and "restart dial-adapter" in ran.stdout
    assert "The configuration is valid." in ran.stdout
    assert re.search(r"^-rw------- .* /etc/dial-adapter.env$", ran.stdout, re.MULTILINE)
    for unit in ("service", "socket"):
        assert f"/etc/systemd/system/dial-adapter.{unit}" in ran.stdout


def test_every_variable_of_the_example_is_explained():
    names = re.findall(r"^([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE)
    assert len(names) >= 10
    migration = (REPOSITORY / "docs" / "migration.md").read_text()
    for name in names:
        assert f"`{name}`" in migration, name


def test_documented_grace_is_shorter_than_what_stops_the_container():
    (seconds,) = set(re.findall(r"docker stop --time (\d+)", (REPOSITORY / "docs" / "deployment.md").read_text()))
    makefile = (REPOSITORY / "Makefile").read_text()
    assert f"--stop-timeout {seconds}" in makefile
    assert os.access(REPOSITORY / "nginx" / "start.sh", os.X_OK)
