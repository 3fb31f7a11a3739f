"""检查: which methods a stage asks for, who checks, what they found, and the score sheet that comes of it."""
