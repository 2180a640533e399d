"""The benchmarks' own instruments, and the budgets that are gated exactly."""
