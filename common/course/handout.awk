# handout.awk - a page as it stands in a part of the course that is handed out
#
#	awk -f handout.awk -v page=PATH PATHS PAGE
#
# PATHS has what there is, a path a line. A link to something else becomes its
# text. A sentence that names `make solution' is left out: there is none. A fenced
# block stays as it is.
FILENAME == ARGV[1] { is_there[$0] = 1; next }

# Of a text in PAGE's folder the path from the top: a/b/../c is a/c.
function path(target,    n, i, part, to, m) {
	sub(/#.*/, "", target)
	if (target == "")
		return page
	n = split(page, part, "/")
	m = 0
	for (i = 1; i < n; i++)
		to[++m] = part[i]
	n = split(target, part, "/")
	for (i = 1; i <= n; i++) {
		if (part[i] == "..")
			m--
		else if (part[i] != "" && part[i] != ".")
			to[++m] = part[i]
	}
	target = ""
	for (i = 1; i <= m; i++)
		target = target (i > 1 ? "/" : "") to[i]
	return target
}

# TEXT, whose links may go over the end of a line
function unlinked(text,    done, link, label, target, at) {
	done = ""
	while (match(text, /!?\[[^][]*\]\([^() \n]+\)/)) {
		link = substr(text, RSTART, RLENGTH)
		done = done substr(text, 1, RSTART - 1)
		text = substr(text, RSTART + RLENGTH)
		at = index(link, "](")
		label = substr(link, 1, at - 1)
		target = substr(link, at + 2, length(link) - at - 2)
		sub(/^!?\[/, "", label)
		if (target ~ /^[a-z]+:/ || path(target) in is_there)
			done = done link
		else
			done = done label
	}
	return done text
}

# A paragraph without its sentences about what is not there
function without(text,    at, from, to) {
	while ((at = index(text, "`make solution"))) {
		from = at
		while (from > 1 && substr(text, from - 2, 2) !~ /[.!?][ \n]/)
			from--
		to = at
		while (to < length(text) && substr(text, to, 2) !~ /[.!?][ \n]/)
			to++
		text = substr(text, 1, from - 1) substr(text, to + 2)
	}
	return text
}

function flush() {
	if (par == "")
		return
	par = without(unlinked(par))
	sub(/\n+$/, "", par)
	if (par != "") {
		if (printed && blank)
			print ""
		print par
		printed = 1
		blank = 0
	}
	par = ""
}

/^ *```/ {
	if (!fenced)
		flush()
	else
		par = ""
	if (!fenced && blank && printed)
		print ""
	fenced = !fenced
	blank = 0
	printed = 1
	print
	next
}
fenced { print; next }
/^[ \t]*$/ { flush(); blank = 1; next }
{ par = par $0 "\n" }
END { flush() }
