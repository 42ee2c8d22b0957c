# Everything begins here; the steps themselves are in tooling/setup.py, which needs Python 3.11 and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
SETUP = exec $(PYTHON) -m tooling.setup

.PHONY: help demo dev test browser lint messages screens bench bench-compare faults mutants stop reset

help:  ## what can be typed
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo:  ## set everything up and open a living academy (PORT=8000)
	@$(SETUP) demo

dev:  ## the same, reloading on change of code, templates and assets
	@$(SETUP) dev

test:  ## every check: lint, types, layers, migrations, translations, tests, Chromium's last (ARGS="tests/core -q" for some)
	@$(SETUP) test $(ARGS)

browser:  ## the checks, then the tests that drive Chromium: axe, journeys, live, hostile words
	@$(SETUP) test -m browser

lint:  ## every check but the tests
	@$(SETUP) lint

messages:  ## bring the catalogues of translations up to date
	@$(SETUP) messages

screens:  ## a picture of every page, theme, language and width into screens/ (ARGS="home thread" for some)
	@$(SETUP) screens $(ARGS)

bench:  ## measure pages as production runs them (ARGS="--size 100" for a hundred times the rows)
	@$(SETUP) bench $(ARGS)

bench-compare:  ## what changed between two measures: A=before.json B=after.json
	@$(SETUP) bench-compare $(A) $(B)

faults:  ## kill, stop, fill and cut everything under load, and count what was lost (ARGS="--quick")
	@$(SETUP) faults $(ARGS)

mutants:  ## change what decides on access and points in hundreds of ways: the tests must see 90 % of them
	@$(SETUP) mutants $(ARGS)

stop:  ## end whatever this folder runs, tests' servers included
	@$(SETUP) stop

reset:  ## the same, and forget the data: the next demo starts over
	@$(SETUP) reset
