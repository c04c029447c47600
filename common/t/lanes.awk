# lanes.awk - compare what a transcript promises with what a run printed
#
#	awk -f lanes.awk PROMISED RUN
#
# Lines "label | text" of one label keep their order; labels may interleave.
# All other lines are one more lane. <word> in a promise stands for any
# characters but blanks. Prints the differences.
function lane(line) {
	if (match(line, /^[a-z][a-z0-9_-]* *\| /)) {
		split(line, part, " ")
		return part[1]
	}
	return "(no label)"
}
function pattern(line) {
	gsub(/[][\\.*+?(){}|^$]/, "\\\\&", line)
	gsub(/<[a-z-]+>/, "[^ ]+", line)
	return "^" line "$"
}
FNR == NR { l = lane($0); want[l, ++wants[l]] = $0; lanes[l]; next }
{ l = lane($0); got[l, ++gots[l]] = $0; lanes[l] }
END {
	for (l in lanes) {
		n = wants[l] > gots[l] ? wants[l] : gots[l]
		for (i = 1; i <= n; i++) {
			if (i > wants[l])
				print l ": more than promised: " got[l, i]
			else if (i > gots[l])
				print l ": missing: " want[l, i]
			else if (got[l, i] !~ pattern(want[l, i]))
				print l ": promised: " want[l, i] "\n" \
				      l ":      got: " got[l, i]
		}
	}
}
