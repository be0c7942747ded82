"""Bulk delivery: when many wait, people who are new are created many at a call (docs/decisions/0014)."""

from app.bulk.runs import Bulk

__all__ = ["Bulk"]
