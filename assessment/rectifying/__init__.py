"""整改: what is to be mended, found in lost points; ordered, signed for, reported, re-checked, 销号 (R29, R47)."""
