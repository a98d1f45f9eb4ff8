# make demo: a look. make run: the product. make check test: before every commit.
PORT ?= 8000
VENV := .venv/bin
READY := .venv/ready

demo: $(READY)
	$(VENV)/mentorat demo --port $(PORT)

run: $(READY)
	$(VENV)/mentorat serve --port $(PORT)

check: $(READY)
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy

test: $(READY)
	$(VENV)/python tests/browser/chromium.py
	$(VENV)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ONLY)

bench: $(READY)
	$(VENV)/python -m bench

# Texts from code and templates into the template, then into every language. Beside it first: while
# it is written, whoever reads the template finds the whole of the one before.
POT := src/translations/messages.pot
i18n: $(READY)
	$(VENV)/pybabel -q extract --mapping-file pyproject.toml --add-comments Translators: \
		--no-location --sort-output --omit-header --output-file $(POT).new src
	mv $(POT).new $(POT)
	for po in src/translations/*.po; do \
		$(VENV)/pybabel -q update --no-fuzzy-matching --ignore-obsolete \
			--ignore-pot-creation-date --input-file $(POT) \
			--output-file $$po --locale $$(basename $$po .po) || exit 1; \
	done

# The drawings of docs/states.md, from the passages in the code.
states: $(READY)
	$(VENV)/python docs/states.py

# Without the address of an index: whoever installs takes their own.
lock: $(READY)
	$(VENV)/uv pip compile -q --universal --generate-hashes --no-header \
		-o requirements.lock pyproject.toml
	$(VENV)/uv pip compile -q --universal --generate-hashes --no-header \
		--group build -o requirements.build.lock
	$(VENV)/uv pip compile -q --universal --generate-hashes --no-header \
		--group check -c requirements.lock -c requirements.build.lock -o tests/requirements.lock pyproject.toml

.venv: $(READY)

# A name that is found need not run (version switchers), so each one is asked. The lock names all
# there is to install: --no-deps keeps an older pip from asking for newer releases than those.
$(READY): requirements.lock tests/requirements.lock
	@for python in python3.13 python3.12 python3.11 python3; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		[ $$python = python3 ] || continue; \
		echo "Python 3.11 or newer is needed; here is: $$(python3 --version 2>&1)" >&2; exit 1; \
	done; \
	$$python -m venv --clear .venv || \
		{ echo "On Debian and Ubuntu: apt-get install $$python-venv" >&2; exit 1; }
	$(VENV)/pip install -q --disable-pip-version-check --no-deps --require-hashes \
		-r tests/requirements.lock
	$(VENV)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

.PHONY: demo run check test bench i18n states lock .venv
