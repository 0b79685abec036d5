# Two commands do all the set-up: `make demo` and `make test`. The others are for those who work on Pacte.

.PHONY: demo test check bench setup-demo setup-test

demo: setup-demo
	cargo run --release -- demo

test: setup-test
	scripts/test

# What `make test` does not: format, lints, documentation, licences and advisories of dependencies, front-end types.
check: setup-test
	scripts/check

bench: setup-demo
	scripts/bench

setup-demo:
	scripts/setup demo

setup-test:
	scripts/setup test
