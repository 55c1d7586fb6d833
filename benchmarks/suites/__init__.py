"""The benchmarks, one a module; each gives its figures."""
