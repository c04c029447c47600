# sum.awk - behind tally.awk: of `exceptions' and the results of a play, what is
# forbidden, a line each, and a line of figures. Status 1: something is.
#
# Variables: play, kind.
FILENAME == ARGV[1] {
	learn_exception($0)
	next
}
/^#/ { next }
{
	count[$5]++
	all++
	verdict = judgement(play)
}
verdict == "excepted" { excepted++ }
verdict == "forbidden" {
	bad++
	print play ": " $1 ": " $2 "() number " $3 ", " $4 ": " $5 ": " $6
}
END {
	line = play ": " all + 0 " " kind
	for (o in count)
		line = line ", " count[o] " " o
	print line (excepted ? ", " excepted " of them excepted" : "")
	exit bad > 0
}
