# tally.awk - is a case allowed, and does `exceptions' have it? Another awk
# program stands behind this one and calls these. The fields are separated by tabs.

# A line of the file `exceptions'
function learn_exception(line,	at)
{
	at = index(line, " :: ")
	if (line !~ /^#/ && at)
		exception[++exceptions] = substr(line, 1, at - 1)
}

# "" for an allowed outcome of the case in $1 to $6, "excepted", or "forbidden"
function judgement(play,	name, i, k)
{
	if ($5 ~ /^(same|named|meant|told|ended|waits|missed)$/)
		return ""
	name = $1
	sub(/\.[0-9]+$/, "", name)
	for (i = 1; i <= exceptions; i++) {
		split(exception[i], k, " ")
		if (fits(k[1], play) && fits(k[2], name) && fits(k[3], $2) &&
		    fits(k[4], $4) && k[5] == $5)
			return "excepted"
	}
	return "forbidden"
}

# Does the WORD fit? A "*" at the end of PATTERN stands for any rest.
function fits(pattern, word,	n)
{
	n = length(pattern)
	if (substr(pattern, n) == "*")
		return substr(word, 1, n - 1) == substr(pattern, 1, n - 1)
	return pattern == word
}
