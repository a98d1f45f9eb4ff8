"""How fast the search window is, from 65 mentors to 100,000."""
