"""抽样: the method, the act of drawing, the visits that follow, and how anyone checks a draw (R75, R79, R80)."""
