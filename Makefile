# What a developer runs. Needs the environment of CONTRIBUTING.md; another Python: make PYTHON=.venv/bin/python test
PYTHON ?= python

.DEFAULT_GOAL := help
.PHONY: help test test-fast test-all lint format types docs bench ci

help:  ## this list
	@sed -n 's/^\([a-z-]*\):  ## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

test:  ## all tests but the slow ones
	$(PYTHON) -m pytest

test-fast:  ## the same without the pages of the documentation, whose commands take long
	$(PYTHON) -m pytest -m "not docs"

test-all:  ## all tests, the slow ones too
	$(PYTHON) -m pytest -m ""

lint:  ## what ruff finds, and whether the files are formatted
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check

format:  ## format the files and sort their imports
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

types:  ## what pyright finds
	$(PYTHON) -m pyright --pythonpath "$$($(PYTHON) -c 'import sys; print(sys.executable)')"

docs:  ## write the tables of the documentation again and run its commands
	$(PYTHON) docs/tables.py
	$(PYTHON) -m pytest -m docs

bench:  ## time training and generation, beside PyTorch and JAX where they are installed
	$(PYTHON) -m benchmarks

ci:  ## what CI runs
	.ci/run
