"""Doors for coordinators, behind one guard."""
