# judge.awk - what came of a case, as "OUTCOME TAB DETAIL", from five files:
# the log of inject, what stage said (standard error), the output, the output
# when nothing happens, and no other. `case' explains the outcomes.
#
# Variables: who, call, what; words: a regular expression that names the call;
# figures: "yes" if numbers are other ones each time; may_wait: the programs
# that wait for others as long as these take; experiment: "yes" if it is one;
# keeps: "yes" after SIGKILL.
FNR == 1 { file++ }
file == 1 {
	if ($1 == "hit")
		is_hit = 1
	if ($1 == "piped")
		is_piped = 1
	if (($1 == "wild" || $1 == "spins") && !forbidden)
		forbidden = $1 "\t" substr($0, length($1) + 2)
	next
}
# A child that is about to see the end of its parent is no orphan, and nobody
# waits for one whose parent failed.
file == 2 && /^stage: / && /left behind.*( is running|in no system call)|did not wait|has not waited/ {
	next
}
file == 2 && /^stage: / {
	if (/was still running|waits for ever|did not end/ && !hang)
		hang = $0
	reported = reported $0 "\n"
	if (/killed by SIG/ && !crash) {
		signal = $0
		sub(/.*killed by SIG/, "", signal)
		sub(/[^A-Z0-9].*/, "", signal)
		# SIGPIPE comes with EPIPE, or the reader was killed.
		if (signal == "PIPE" && what ~ /^(EPIPE|INT|TERM|HUP|KILL)$/)
			is_piped = 1
		else if (signal != what && signal != "TERM" && signal != "KILL")
			crash = $0
	}
	if (/left behind/ && !leak)
		leak = $0
	next
}
file <= 3 {
	last = $0
	# who says: in words, so without an error: quit() of lesson.h
	if (!sentence && index($0, who ": ") == 1 && !/E[A-Z]+ \(/)
		sentence = $0
	if (what == "short" || $0 ~ "(^|[^A-Z])(" error ")([^A-Z]|$)") {
		if (!said)
			said = $0
		if (!named && ($0 ~ words || what == "removed"))
			named = $0
	}
}
file == 3 { lane(now, now_order, $0) }
file == 4 { lane(was, was_order, $0) }

# Lines of one program keep their order; those of two may change places.
function lane(of, order, line,	label)
{
	if (figures == "yes")
		gsub(/[0-9]+/, "<n>", line)
	label = line
	sub(/ .*/, "", label)
	of[label] = of[label] line "\n"
}

function verdict(outcome, detail)
{
	gsub(/\t/, " ", detail)
	print outcome "\t" substr(detail, 1, 160)
	judged = 1
	exit
}

function first_change(	label, a, b, n, m, i)
{
	for (label in was)
		if (was[label] != now[label]) {
			n = split(was[label], a, "\n")
			m = split(now[label], b, "\n")
			for (i = 1; a[i] == b[i]; i++)
				;
			return "was: " a[i] " - is: " b[i]
		}
	for (label in now)
		if (now[label] != was[label])
			return "new: " now[label]
	return ""
}

BEGIN {
	error = what == "removed" ? "EIDRM|EINVAL" : what
	if (what == "ENOMEM" && call ~ /^(mmap|mprotect|clone3?)$/)
		error = "ENOMEM|EAGAIN"		# that is what pthread_create() says
	if (call ~ /^(open|openat|readlink)$/)
		words = words "|/[a-z]"		# or the file
}

END {
	if (judged)
		exit
	if (!is_hit)
		verdict("missed")
	if (forbidden) {
		split(forbidden, part, "\t")
		verdict(part[1], substr(forbidden, length(part[1]) + 2))
	}
	if (hang) {
		n = split(may_wait, waiter, " ")
		for (i = 1; i <= n; i++)
			if (waiter[i] != who && index(reported, waiter[i]))
				verdict("waits", hang)
		verdict("hang", hang)
	}
	if (crash)
		verdict("crash", crash)
	if (leak ~ /still running/ && keeps == "yes")
		verdict("hang", leak)
	if (leak && keeps != "yes")
		verdict("leak", leak)
	change = first_change()
	if (keeps == "yes") {
		verdict("died")
	}
	if (status == 0) {
		if (change == "")
			verdict("same")
		if (experiment == "yes" && said)
			verdict("told", said)
		if (experiment == "yes" && what ~ /^(INT|TERM|HUP|KILL)$/ &&
		    change ~ /killed, by|killed by|by signal|died of/)
			verdict("told", change)
		verdict("wrong", change)
	}
	if (what ~ /^(INT|TERM|HUP|KILL)$/ || is_piped)
		verdict("ended")
	if (named)
		verdict(what == "EINTR" ? "gaveup" : "named", named)
	if (experiment == "yes" && said)
		verdict("told", said)
	if (sentence && what ~ /^(EEXIST|ENOENT|EAGAIN|EIDRM|removed|ENXIO|ECONNREFUSED|ECONNRESET|EPIPE|ESRCH|ETIMEDOUT|EADDRINUSE)$/)
		verdict("meant", sentence)
	verdict("silent", last)
}
