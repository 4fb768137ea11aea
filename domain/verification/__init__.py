"""Numbered checks over formats and rules, each with a verdict."""
