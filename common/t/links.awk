# links.awk - the links and the headings of pages in Markdown
#
#	awk -f links.awk PAGE...
#
# Prints "link PAGE LINE TARGET" for each link, and "anchor PAGE NAME" for each
# heading, with the name that GitHub gives it: small letters, a hyphen for a
# blank, no other punctuation, -1, -2 .. when it is there already. What stands
# in a fenced block or in `code' is neither.
FNR == 1 { fenced = 0 }
/^ *```/ { fenced = !fenced; next }
fenced { next }
/^#+ / {
	name = tolower($0)
	sub(/^#+ +/, "", name)
	gsub(/\]\([^)]*\)/, "", name)		# of a link, its text
	gsub(/[][!"#$%&'()*+,.\/:;<=>?@\\^`{|}~]/, "", name)
	gsub(/ /, "-", name)
	n = seen[FILENAME, name]++
	print "anchor", FILENAME, name (n ? "-" n : "")
}
{
	gsub(/`[^`]*`/, "")
	while (match($0, /\]\([^) ]+/)) {
		print "link", FILENAME, FNR, substr($0, RSTART + 2, RLENGTH - 2)
		$0 = substr($0, RSTART + RLENGTH)
	}
}
