# Every habit is one target. The first two need only Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UP_CAMPAIGN := $(if $(CAMPAIGN),--campaign infra/campaigns/$(CAMPAIGN))
CAMPAIGN ?= hanoi-2020
DIR ?= infra/campaigns/$(CAMPAIGN)
# Settings that are not in the environment are those of the stack that `make up` started here.
LOCAL_SETTINGS = THIDUA_ENV_FILE=$${THIDUA_ENV_FILE-$(wildcard .local/stack/settings.env)}
# Refuses early where no stack runs here and nothing in the environment names another one.
NEEDS_STACK = @test -n "$$THIDUA_ENV_FILE$$THIDUA_KAFKA_BOOTSTRAP$(wildcard .local/stack/settings.env)" || { \
	printf "%s\n" "Chưa có hệ thống nào chạy ở đây. Chạy make up ở một cửa sổ khác." \
	"No stack runs here: make up first, in another terminal." >&2; exit 1; }
READY := $(VENV)/.ready

help: ## danh sách này ## this list
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  %-17s %s\n%20s%s\n", $$1, $$2, "", $$3 }' $(MAKEFILE_LIST)

.PHONY: help demo up announce test setup lint types borders format check schemas lock chaos bench style clean token check-campaign verify what-if

demo: setup ## đợt thi đua năm 2020 trên máy này, từ đầu đến cuối ## the campaign of 2020 on this machine, start to end
	@$(BIN)/thidua demo $(ARGS)

up: setup ## như trên, và tiếp tục chạy cho đến khi nhấn Ctrl-C; CAMPAIGN=hanoi-2026: đợt đó, không mô phỏng ## the same, and it stays until Ctrl-C; CAMPAIGN=hanoi-2026: that one, and no simulation
	@$(BIN)/thidua up $(UP_CAMPAIGN) $(ARGS)

announce: setup ## DIR=infra/campaigns/hanoi-2020 DOCUMENT="số, ngày": công bố một đợt thi đua trên hệ thống đang chạy ## DIR=infra/campaigns/hanoi-2020 DOCUMENT="number, date": announce a campaign to the stack that runs
	$(NEEDS_STACK)
	@$(LOCAL_SETTINGS) $(BIN)/thidua campaign announce $(DIR) --document "$(DOCUMENT)" $(ARGS)

# Two processes, each with servers of its own; a file's tests stay together, in the files' order.
TWO_AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder

test: setup ## mọi phép thử: từng phần, hợp đồng dữ liệu, dịch vụ, sự cố thật ## everything: units, contracts, services, broken for real
	@$(BIN)/pytest $(TWO_AT_ONCE) $(ARGS)

setup: $(READY) ## môi trường Python từ các tệp khóa phiên bản, một lần ## virtual environment from the locks, once

$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) infra/setup_venv.py $(VENV)
	@touch $@

lint: setup ## kiểm tra cách viết mã (ruff) ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## kiểm tra kiểu (mypy, chế độ chặt) ## mypy, strict
	@$(BIN)/mypy

borders: setup ## kiểm tra phần nào được dùng phần nào (import-linter) ## import-linter: who may know whom
	@$(BIN)/lint-imports

format: setup ## sửa cách viết mã (ruff) ## ruff's own corrections
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

check: lint types borders ## mọi kiểm tra không cần máy chủ ## all that needs no server

schemas: setup ## ghi những gì được tạo từ mã: JSON Schema, AsyncAPI, danh mục, cấu hình, chỉ số vận hành ## write what is generated: JSON Schemas, AsyncAPI, catalogue, settings, metrics
	@$(BIN)/thidua schemas write
	@$(BIN)/thidua docs write

check-campaign: setup ## DIR=infra/campaigns/hanoi-2020: mọi lỗi của một đợt thi đua cùng lúc ## DIR=infra/campaigns/hanoi-2020: every problem of a campaign at once
	@$(BIN)/thidua campaign check $(DIR) $(ARGS)

verify: setup ## CAMPAIGN=hanoi-2020: tính lại kết quả công bố chỉ từ topic, rồi đối chiếu ## CAMPAIGN=hanoi-2020: compute the publication again from the topics alone, and compare
	$(NEEDS_STACK)
	@$(LOCAL_SETTINGS) $(BIN)/thidua verify $(CAMPAIGN) $(ARGS)

what-if: setup ## CAMPAIGN=hanoi-2020 RULES=draft.yaml ARGS="--show 0": đơn vị nào thay đổi theo bảng điểm dự thảo, do tiêu chí nào ## CAMPAIGN=hanoi-2020 RULES=draft.yaml ARGS="--show 0": who would move by a draft rule set, and by which criterion
	$(NEEDS_STACK)
	@$(LOCAL_SETTINGS) $(BIN)/thidua what-if $(CAMPAIGN) $(RULES) $(ARGS)

token: setup ## ROLE=unit UNIT=SNV: một mã truy cập do máy này cấp ## ROLE=unit UNIT=SNV: a token of the local issuer
	@$(BIN)/thidua token $(if $(ROLE),--role $(ROLE)) $(if $(UNIT),--unit $(UNIT))

style: ## biên dịch CSS của các trang từ infra/portal/scss (cần Node, mạng) ## compile the pages' CSS from infra/portal/scss (Node, network)
	@cd infra/portal && npm ci --silent && node_modules/.bin/sass --load-path=node_modules/govuk-frontend/dist \
	  --style=compressed --no-source-map scss/thidua.scss ../../services/portal/static/css/thidua.css

lock: ## cập nhật các tệp khóa phiên bản từ pyproject.toml (cần mạng) ## renew requirements.lock from pyproject.toml (network)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --group local --group dev -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -c requirements.lock -o requirements-production.lock
	@echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  - -c requirements.lock -o requirements-uv.lock

chaos: setup ## gây sự cố trên hệ thống đang chạy theo lịch định sẵn, rồi đếm; ARGS="--commands 100000 --seed 7" ## break the running system by a seeded schedule, and count; ARGS="--commands 100000 --seed 7"
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: setup ## tỷ lệ so với mức gốc đo trong cùng lần chạy ## ratios against a baseline in the same run
	@$(BIN)/python -m tests.bench $(ARGS)

clean: ## không dừng gì; xóa những gì hệ thống để lại trên đĩa ## stops nothing; removes what the stack left on disk
	rm -rf .local .venv
