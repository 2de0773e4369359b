"""Runs and decisions -> page, tables, history."""
