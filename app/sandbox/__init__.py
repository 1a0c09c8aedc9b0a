"""A Sinqro double and a reference POS, good enough to ship: demo, tests, certification."""
