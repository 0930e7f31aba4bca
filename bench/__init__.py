"""The benchmarks, each a command: ratios to a yardstick in the same run, never a time that a test asserts."""
