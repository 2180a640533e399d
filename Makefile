# Every target prints what it does and fails with one clear sentence. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3.11
RUN := .venv/bin/python -m
STAGE ?= local
ARCH ?= $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)

.PHONY: help install browser up down seed import touchpoint slot tags board post invite member reindex logs check test journeys bench package deploy openapi lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1~\2/' | column -t -s '~'

install: ## install the pinned packages into .venv and .local (every target does so by itself)
	@command -v $(PYTHON) >/dev/null || { echo "✗ Python 3.11 is needed: install it, or say where it is with PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -m local.install

browser: install ## install Chromium and a Chinese font for the browser tests (apt, as root)
	@$(RUN) local.browser

up: install ## start the whole system on this machine, or bring it up to date (PORT=8787)
	@$(RUN) local.up

down: install ## stop it; the data stay
	@$(RUN) local.down

seed: install ## put boards, staff and demo content into the running system
	@$(RUN) local.seed

touchpoint: install ## list, add and end where members come from, write their codes (DO=list|add|end|picture …)
	@$(RUN) local.touchpoint

slot: install ## list, add, change and end what stands in the slots of the mini program (DO=list|add|change|end …)
	@$(RUN) local.slot

import: install ## read the dealer's records into the community (FILE=owners.csv MAP=columns.toml STAGE=local|dev|prod)
	@$(RUN) local.archive_import "$(FILE)" "$(MAP)" "$(STAGE)"

tags: install ## put a JSON file of tags into the catalogue (FILE=tags.json BY=userid STAGE=local|dev|prod)
	@$(RUN) local.tags

board: install ## list, open, change and archive boards, say who looks after them (DO=list|show|open|change|archive|reopen|appoint|dismiss …)
	@$(RUN) local.boards

post: install ## feature, close and pin a post, accept an answer, and take it back (DO=show|feature|unfeature|close|open|pin|unpin|accept|unaccept ID=post …)
	@$(RUN) local.posts

invite: install ## print an invitation code of an advisor (ADVISOR=wangwu STAGE=local|dev|prod)
	@$(RUN) local.invite "$(ADVISOR)" "$(STAGE)"

member: install ## what a colleague does about a member (DO=history|merges|unmerge|sign-out|deposit|revoke|official|staff|tag|untag|write WHO=member …)
	@$(RUN) local.member

reindex: install ## build the index that posts are found by again, with progress (STAGE=local|dev|prod)
	@$(RUN) local.reindex "$(STAGE)"

logs: install ## follow what the Lambdas and the servers say
	@$(RUN) local.logs

check: install ## format, lint, types, import rules
	@echo "· format" && $(RUN) ruff format --quiet --check . || { echo "✗ Some files are not formatted: run .venv/bin/ruff format ."; exit 1; }
	@echo "· lint" && $(RUN) ruff check --quiet . || { echo "✗ ruff found something, see above."; exit 1; }
	@echo "· types" && $(RUN) mypy || { echo "✗ mypy found something, see above."; exit 1; }
	@echo "· import rules" && .venv/bin/lint-imports --no-cache || { echo "✗ An import goes the wrong way, see above."; exit 1; }

test: check browser ## check, then every test
	@echo "· every test" && $(RUN) pytest -q -n 2 --dist loadgroup || { echo "✗ Some tests failed, see above."; exit 1; }

journeys: install ## only the tests that play whole stories on the whole system
	@echo "· journeys" && $(RUN) pytest -q tests/journeys || { echo "✗ Some journeys failed, see above."; exit 1; }

bench: install ## measure what docs/figures.md states
	@$(RUN) bench

package: install ## build what is deployed into .dist (STAGE=local|dev|prod ARCH=x86_64|arm64)
	@$(RUN) local.package $(STAGE) $(ARCH)

deploy: install ## deploy to AWS or AWS China as deploy/<stage>.json says (STAGE=dev|prod)
	@$(RUN) local.deploy $(STAGE)

openapi: install ## write docs/api/openapi.json from the code
	@$(RUN) local.openapi

lock: install ## pin the newest versions that pyproject.toml and the emulator allow
	@$(RUN) local.lock

clean: install ## stop the system, remove its data and everything that was built
	@$(RUN) local.clean
