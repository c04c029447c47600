# plain.awk - a page of the course as it reads on a terminal, without its marks
#
#	awk -f common/course/plain.awk README.md
#
# Headings lose their #, words their * and `, links their address: that is on
# the page, which the commands name. Blocks of code are indented instead of
# fenced, and inside them nothing changes; tables become lists. Paragraphs have at most 79 columns.
function unmarked(s,    parts, n, i, out) {
	n = split(s, parts, "`")
	for (i = 1; i <= n; i++) {
		if (i % 2) {			# not between two `
			gsub(/\*\*/, "", parts[i])
			parts[i] = unstarred(parts[i])
		}
		out = out parts[i]
	}
	return out
}
# *word* becomes word; a * with blanks around it is no mark.
function unstarred(s,    out) {
	while (match(s, /\*[^ *][^*]*\*/)) {
		out = out substr(s, 1, RSTART - 1) \
			substr(s, RSTART + 1, RLENGTH - 2)
		s = substr(s, RSTART + RLENGTH)
	}
	return out s
}
function unlinked(s,    link, text) {
	while (match(s, /\[[^]]*\]\([^)]*\)/)) {
		link = substr(s, RSTART, RLENGTH)
		text = substr(link, 2, index(link, "](") - 2)
		s = substr(s, 1, RSTART - 1) text substr(s, RSTART + RLENGTH)
	}
	return s
}
# A row of a table, "| a | b | c |", as "- a: b; c": its columns may be wide.
function row(s,    cell, n, i, text) {
	gsub(/\\\|/, "\001", s)		# \| stands for a |
	n = split(s, cell, "|")
	for (i = 2; i < n; i++) {
		gsub(/^ +| +$/, "", cell[i])
		text = text (i == 2 ? "- " : i == 3 ? ": " : "; ") cell[i]
	}
	gsub(/\001/, "|", text)
	hanging = 2
	paragraph = text
}
# The paragraph that has been gathered; in a list what follows the first line
# stands under the first word.
function flush(    s, margin, at) {
	s = unmarked(unlinked(paragraph))
	margin = ""
	while (length(margin s) > 79) {
		for (at = 79 - length(margin); at > 1; at--)
			if (substr(s, at + 1, 1) == " ")
				break;
		if (at == 1)
			break;
		print margin substr(s, 1, at)
		s = substr(s, at + 2)
		margin = sprintf("%*s", hanging, "")
	}
	if (paragraph != "")
		print margin s
	paragraph = ""
}
/^```/ { flush(); fenced = !fenced; next }
fenced { print "    " $0; next }
/^$/ { flush(); print; next }
/^#+ / { flush(); sub(/^#+ /, ""); paragraph = $0; flush(); next }
/^\|[-|: ]*$/ { next }
/^\|/ { flush(); row($0); flush(); next }
/^ *([-*]|[0-9]+\.) / {
	flush()
	match($0, /^ *([-*]|[0-9]+\.) /)
	hanging = RLENGTH
	paragraph = $0
	next
}
{
	sub(/^ */, "")
	if (paragraph == "")
		hanging = 0
	paragraph = paragraph == "" ? $0 : paragraph " " $0
}
END { flush() }
