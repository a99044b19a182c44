# Every habit is one target. The first two need only Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CAMPAIGN ?= hanoi-2020
DIR ?= infra/campaigns/$(CAMPAIGN)
# Settings that are not in the environment are those of the stack that `make up` started here.
LOCAL_SETTINGS = THIDUA_ENV_FILE=$${THIDUA_ENV_FILE-$(wildcard .local/stack/settings.env)}
# Refuses early where no stack runs here and nothing in the environment names another one.
NEEDS_STACK = @test -n "$$THIDUA_ENV_FILE$$THIDUA_KAFKA_BOOTSTRAP$(wildcard .local/stack/settings.env)" || { \
	printf "%s\n" "Chưa có hệ thống nào chạy ở đây. Chạy make up ở một cửa sổ khác." \
	"No stack runs here: make up first, in another terminal." >&2; exit 1; }
READY := $(VENV)/.ready

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?(.*)/  \1	\2/' | expand -t 20

.PHONY: help demo up test setup lint types borders format check schemas lock chaos bench clean token check-campaign verify what-if

demo: setup ## the campaign of 2020 on this machine, start to end
	@$(BIN)/thidua demo $(ARGS)

up: setup ## the same, and it stays until Ctrl-C
	@$(BIN)/thidua up $(ARGS)

# Two processes, each with servers of its own; a file's tests stay together, in the files' order.
TWO_AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder

test: setup ## everything: units, contracts, services, broken for real
	@$(BIN)/pytest $(TWO_AT_ONCE) $(ARGS)

setup: $(READY) ## virtual environment from the locks, once

$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) infra/setup_venv.py $(VENV)
	@touch $@

lint: setup ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy, strict
	@$(BIN)/mypy

borders: setup ## import-linter: who may know whom
	@$(BIN)/lint-imports

format: setup
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

check: lint types borders ## all that needs no server

schemas: setup ## write what is generated: JSON Schemas, AsyncAPI, catalogue, settings, metrics
	@$(BIN)/thidua schemas write
	@$(BIN)/thidua docs write

check-campaign: setup ## DIR=infra/campaigns/hanoi-2020: every problem of a campaign at once
	@$(BIN)/thidua campaign check $(DIR)

verify: setup ## CAMPAIGN=hanoi-2020 (or DIR=): compute the publication again from the topics, and compare
	$(NEEDS_STACK)
	@$(LOCAL_SETTINGS) $(BIN)/thidua verify $(DIR) $(ARGS)

what-if: setup ## RULES=draft.yaml ARGS="--show 0": who would move by a draft rule set, and by which criterion
	$(NEEDS_STACK)
	@$(LOCAL_SETTINGS) $(BIN)/thidua what-if $(RULES) $(ARGS)

token: setup ## ROLE=unit UNIT=SNV: a token of the local issuer
	@$(BIN)/thidua token $(if $(ROLE),--role $(ROLE)) $(if $(UNIT),--unit $(UNIT))

lock: ## renew requirements.lock from pyproject.toml (network)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --group local --group dev -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -c requirements.lock -o requirements-production.lock
	@echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  - -c requirements.lock -o requirements-uv.lock

chaos: setup ## break the running system by a seeded schedule, and count; ARGS="--commands 100000 --seed 7"
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: setup ## ratios against a baseline in the same run
	@$(BIN)/python -m tests.bench $(ARGS)

clean: ## stops nothing; removes what the stack left on disk
	rm -rf .local .venv
