# blocks.awk - cut the fenced blocks of language LANG out of a README
#
# Writes DIR/N for the N-th block, and prints "N LINE" for each.
BEGIN { fence = "```" lang }
$0 == fence { n++; inside = 1; file = dir "/" n; printf "" > file
	      print n, NR; next }
/^```/ && inside { inside = 0; close(file); next }
inside { print > file }
