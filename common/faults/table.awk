# table.awk - behind tally.awk: of `exceptions' and the results of all plays a
# table with a row for each lesson and kind
FILENAME == ARGV[1] {
	learn_exception($0)
	next
}
FNR == 1 {
	n = split(FILENAME, part, "/")
	kind = part[n - 1]
	play = part[n]
	sub(/\.tsv$/, "", play)
	lesson = substr(play, 1, 2)
	if (!(lesson in seen)) {
		seen[lesson]
		order[++lessons] = lesson
	}
}
/^#/ || $5 == "missed" { next }
{
	count(lesson, kind)
	count("all", kind)
}

function count(row, kind,	what)
{
	what = judgement(play)
	cases[row, kind]++
	if (what == "")
		of[row, kind, $5]++
	else
		of[row, kind, what]++
}

function line(row, name, kind)
{
	if (!cases[row, kind])
		return
	printf "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name,
		kind, cases[row, kind], of[row, kind, "same"],
		of[row, kind, "named"], of[row, kind, "meant"] + of[row, kind, "told"],
		of[row, kind, "ended"], of[row, kind, "waits"],
		of[row, kind, "excepted"], of[row, kind, "forbidden"]
}

END {
	print "| lesson | sweep | cases | same | named | told | ended | waits |" \
		" excepted | forbidden |"
	print "|---|---|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= lessons; i++)
		for (j = i + 1; j <= lessons; j++)
			if (order[j] < order[i]) {
				swap = order[i]
				order[i] = order[j]
				order[j] = swap
			}
	for (i = 1; i <= lessons; i++) {
		line(order[i], order[i], "faults")
		line(order[i], order[i], "kills")
	}
	line("all", "all", "faults")
	line("all", "all", "kills")
}
