# Two commands first: `make grade` grades, `make test` tests; `make app` shows the functions at work. Each sets up .venv
# first, with what it needs.
PYTHON ?= python3
BIN := .venv/bin
CORE := .venv/.core-stamp
STAMP := .venv/.stamp
DOCS_STAMP := .venv/.docs-stamp
CATALOGUES := $(wildcard grader/language/locale/*/LC_MESSAGES/*.po)
SPOKEN := $(CATALOGUES:.po=.mo)
# An installed package is compiled; this one stays where it is, and PYTHONDONTWRITEBYTECODE may be set.
COMPILE := $(BIN)/python -m compileall -q grader
PIP := $(BIN)/pip install --disable-pip-version-check -c constraints.txt

.PHONY: setup grade app test test-slow redteam-tests test-pythons lint audit docs pages messages package bench redteam fuzz

setup: $(STAMP) $(SPOKEN)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Making .venv, an environment of its own, in $(CURDIR)"
	@$(PYTHON) -m venv .venv

# What `make grade` and `make app` need, and no more: numpy and some small packages. A full set-up has it too.
$(CORE): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing the grader and what it needs (numpy above all; about 20 MB to load). This happens once."
	$(PIP) --progress-bar off -e '.[app]'
	@$(COMPILE)
	@touch $(CORE)

$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing what tests and linters need too (about 150 MB to load, 450 MB on disk). This happens once."
	$(PIP) --quiet -e '.[dev]'
	@$(COMPILE)
	@touch $(CORE) $(STAMP)

# What the program says, compiled by hatch_build.py with every installation, and here once the text has changed.
$(SPOKEN): $(CATALOGUES) | $(BIN)/pip
	$(PIP) --quiet --no-deps -e .
	@touch $(SPOKEN)

grade: $(if $(wildcard $(STAMP)),$(STAMP),$(CORE)) $(SPOKEN)
ifdef FILE
	@$(BIN)/grade '$(FILE)' || test $$? -eq 1
else
	@$(BIN)/grade solutions/cnn.py
	@$(BIN)/grade assignment/cnn.py || test $$? -eq 1
endif

# The application at work, with the reference's functions or those of FILE=…; Ctrl-C ends it.
app: $(if $(wildcard $(STAMP)),$(STAMP),$(CORE)) $(SPOKEN)
	@$(BIN)/grade app '$(or $(FILE),solutions/cnn.py)'

# What people run: the tests in some minutes on two cores. `.ci/run` runs the slow ones and the attacks, too. Three at a
# time, since many wait for a limit of time: two leave 40 % of two cores idle.
TESTS := -n 3 --dist loadfile --no-loadscope-reorder -p tests.progress --ignore tests/redteam

# A test file's assertions are rewritten once and kept, where PYTHONDONTWRITEBYTECODE is set, too: 4 s a worker.
test test-slow test-pythons: export PYTHONDONTWRITEBYTECODE :=

test: lint
	$(BIN)/python -m pytest $(TESTS) -m 'not slow' $(ARGS)

test-slow: setup
	$(BIN)/python -m pytest $(TESTS) -m slow $(ARGS)

# The attacks listen on fixed ports and use both cores themselves, so they run alone.
redteam-tests: setup
	$(BIN)/python -m pytest -p tests.progress tests/redteam $(ARGS)

# On every Python that is found here, each in an environment of its own in build/pythons; ONLY=3.13 on one of them.
test-pythons:
	$(PYTHON) tests/pythons.py $(ONLY) $(TESTS) -m 'not slow' $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# How many slips made in the reference the shipped rubric notices, and which it does not.
audit: setup
	$(BIN)/grade audit --rubric grading.yaml

# The documentation as a site in site/: built and read without a network. `make pages` writes what commands print.
docs: $(DOCS_STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	$(BIN)/python -m bench.website site

$(DOCS_STAMP): $(STAMP)
	$(PIP) --quiet -e '.[docs]'
	touch $(DOCS_STAMP)

pages: setup
	$(BIN)/python -m bench.reference
	$(BIN)/python -m bench.commands
	$(BIN)/python -m bench.recipes
	$(BIN)/python -m bench.documents
	$(BIN)/python -m bench.readme
	$(BIN)/python -m bench.feedback

# Ratios within one run; nothing else should be running. docs/performance.md keeps the last figures.
# AGAINST=FOLDER compares with another checkout that is set up, by turns.
bench: setup
ifdef AGAINST
	$(BIN)/python -m bench.against '$(AGAINST)'
else
	$(BIN)/python -m bench.whole
	$(BIN)/python -m bench.throughput
	$(BIN)/python -m bench.functions
	$(BIN)/python -m bench.acts
	$(BIN)/python -m bench.confinement
	$(BIN)/python -m bench.diagnosis
	$(BIN)/python -m bench.similarity
endif

messages: setup

# The wheel and the archive it is built from, in dist/.
package: setup
	$(BIN)/python -m build --outdir dist

# Every attack in every setting, and a minute of patience for what turns up late: class, attacks, contained.
redteam: setup
	$(BIN)/python tests/redteam/redteam_campaign.py

# A longer run of every reader of untrusted bytes, under a coverage-guided fuzzer (Linux): SECONDS a reader.
fuzz: setup
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris==3.0.0'
	$(BIN)/python -m tests.fuzz.long --seconds $(or $(SECONDS),60)
