# Every target sets up what it needs and has nothing to do on the second run. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Where the Swift toolchain's own archives and Debian put programs that a login shell may not see.
export PATH := $(PATH):/opt/swift/usr/bin:/usr/sbin

PORT ?= 5001
TLS_PORT ?= 5443
export PORT TLS_PORT

PACKAGES := libfcgi-dev libcurl4-openssl-dev libssl-dev libsimdjson-dev zlib1g-dev pkg-config nginx openssl curl \
	ca-certificates python3-venv shellcheck
BUILD := swift build --configuration release --static-swift-stdlib
SOURCES := Package.swift $(shell find Sources)
PYTHON := .build/venv/bin/python
TOKENIZER := Sources/CClaudeTokenizer/Data/claude-tokenizer.bin
IMAGE := dial-bedrock-adapter
ACCEPTANCE := $(PYTHON) -m pytest -q Tests/Acceptance

.PHONY: help deps build serve lint format test unit_tests integration_tests bench clean \
	docker_build docker_serve docker_test

help: ## This list
	@sed -nE 's/^([a-z_]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

deps: ## Install the Debian packages that are missing; check the Swift toolchain
	@missing=''; \
	if command -v dpkg-query >/dev/null; then \
		for package in $(PACKAGES); do \
			dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=" $$package"; \
		done; \
	fi; \
	if [ -n "$$missing" ]; then \
		echo "Installing:$$missing"; \
		root=''; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -qq; \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		if [[ "$$missing" == *\ nginx* ]] && [ -d /run/systemd/system ]; then \
			echo "Debian has started its own nginx on port 80; nothing here uses it: systemctl disable --now nginx"; \
		fi; \
	fi
	@command -v swift >/dev/null || { echo "Swift 6.2 or newer is needed on PATH or in /opt/swift: https://www.swift.org/install" >&2; exit 1; }

# The vocabulary comes from the package index, checked against a pinned hash; nothing builds without it.
$(TOKENIZER): $(wildcard Sources/CClaudeTokenizer/Data/*.py Sources/CClaudeTokenizer/Data/*.txt)
	python3 Sources/CClaudeTokenizer/Data/prepare.py
	@touch $@

build: deps .build/built ## Build the adapter and the sandbox in release

.build/built: $(SOURCES) $(TOKENIZER)
	$(BUILD)
	@touch $@

serve: build ## Run nginx and the adapter on PORT and TLS_PORT; the sandbox plays AWS where no credentials are set
	@exec nginx/start.sh

.build/venv/installed: Tests/Acceptance/requirements.txt
	@python3 -m venv --clear .build/venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@touch $@

lint: deps .build/venv/installed ## Check format and style of everything
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	shellcheck nginx/*.sh .ci/run
	nginx/check.sh
	$(PYTHON) -m ruff check --quiet Tests
	$(PYTHON) -m ruff format --quiet --check Tests

format: deps .build/venv/installed ## Put everything in format
	@swift format --in-place --recursive --parallel Package.swift Sources Tests
	@$(PYTHON) -m ruff check --quiet --fix Tests
	@$(PYTHON) -m ruff format --quiet Tests

test: unit_tests integration_tests ## All tests: unit and vector tests, then the built programs behind nginx

unit_tests: deps $(TOKENIZER) ## Swift tests only
	swift test

integration_tests: build .build/venv/installed ## Acceptance tests only: the built programs behind nginx, driven by clients
	$(ACCEPTANCE)

bench: build .build/venv/installed ## Measure next to nginx alone, and token counting next to Hugging Face; prints ratios
	@$(PYTHON) Tests/Benchmark/bench.py

clean: ## Remove everything that was built
	rm -rf .build $(TOKENIZER)
	find Tests -name __pycache__ -prune -exec rm -rf {} +

docker_build: ## Build the image
	docker build --tag $(IMAGE) .

docker_serve: docker_build ## Run the image on PORT, with .env if there is one
	docker run --rm --init --publish $(PORT):5000 $$([ ! -f .env ] || echo --env-file .env) $(IMAGE)

docker_test: ## Run all tests in a container
	docker build --target test --tag $(IMAGE)-test .
	docker run --rm --init $(IMAGE)-test
