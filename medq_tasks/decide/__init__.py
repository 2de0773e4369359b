"""Runs -> a decision: is B better than A, and may this run pass?"""
