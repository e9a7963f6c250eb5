"""Tables for those who work in R, Stata or a spreadsheet: their columns, and their rows, read of a release."""
