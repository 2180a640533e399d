"""Benchmarks: every figure of the budgets comes from here. Never shipped."""
