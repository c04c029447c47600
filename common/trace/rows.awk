# rows.awk - events in the order of time become rows of a picture
#
# Prints, tab between: ms since the first event, lane, kind, text, waker's
# row. Kinds: "lane" names a lane; "call" came and went; "wait" begins one
# that was blocked; "wake" is the end of it. Calls that repeat are one row.
BEGIN { FS = OFS = "\t"; WAITED = 0.0003 }
{
	from[NR] = $1; to[NR] = $2; pid[NR] = $3; prog[NR] = $4
	what[NR] = $5; text[NR] = $6; result[NR] = $7
	if (!(pid[NR] in lane)) { lane[pid[NR]] = ++lanes; first[lanes] = NR }
	last[pid[NR]] = NR
	# An exec gives the lane its name.
	title[lane[pid[NR]]] = prog[NR] " " pid[NR]
}
END {
	for (l = 1; l <= lanes; l++) print 0, l, "lane", title[l], ""
	for (i = 1; i <= NR; i++)
		if (blocked(i)) n = put(n, i, to[i], "wake")
	# The ends of waits go where their time is: merge two sorted lists.
	for (i = 1; i <= NR; i++) {
		while (ends_before(from[i])) wake(next_end())
		row(i)
	}
	while (ends_before(1e99)) wake(next_end())
	flush_row()
}
function blocked(i)
{
	return to[i] - from[i] > WAITED && what[i] ~ BLOCKS && others(i)
}
# Did somebody else do anything meanwhile?
function others(i,    j)
{
	for (j = i + 1; j <= NR && from[j] < to[i]; j++)
		if (pid[j] != pid[i]) return 1
	return 0
}
function put(n, i, time, kind) { pending[i] = time; return n + 1 }
function earliest(    i, best)
{
	best = 0
	for (i in pending)
		if (!best || pending[i] < pending[best] ||
		    (pending[i] == pending[best] && i + 0 < best + 0))
			best = i + 0
	return best
}
function ends_before(time,    i) { i = earliest(); return i && to[i] < time }
function next_end(    i) { i = earliest(); delete pending[i]; return i }
function ms(time) { return sprintf("%.3f", (time - from[1]) * 1000) }
function label(i)
{
	return text[i] (result[i] == "" ? "" : " = " result[i])
}
function row(i,    t)
{
	if (blocked(i)) {
		out(i, ms(from[i]), "wait", text[i] " ...", "")
		return
	}
	# The same again, right after: count it.
	t = label(i)
	if (t == last_text && pid[i] == last_pid) {
		times++
		return
	}
	flush_row()
	last_text = t
	last_pid = pid[i]
	last_i = i
	times = 1
}
function flush_row()
{
	if (times)
		print_row(ms(from[last_i]), lane[last_pid], "call",
			  last_text (times > 1 ? " x" times : ""), "", last_i)
	times = 0
	last_text = ""
}
function out(i, time, kind, t, by)
{
	flush_row()
	print_row(time, lane[pid[i]], kind, t, by, i)
}
function print_row(time, l, kind, t, by, i)
{
	print time, l, kind, t, by
	rows++
	at_row[i] = rows
}
function wake(i,    by)
{
	by = waker(i)
	flush_row()
	out(i, ms(to[i]), "wake", (result[i] == "" ? "ends" : \
	    "= " result[i]) sprintf("  (waited %.1f ms)",
	    (to[i] - from[i]) * 1000), by ? at_row[by] : "")
}
# The last call of another process, begun before I's end, that can wake it.
function waker(i,    j, best, kin)
{
	best = 0
	if (result[i] ~ /EAGAIN|ETIMEDOUT|Timeout/) return 0	# time did it
	kin = result[i] ~ /EINTR|ERESTART/ ? wakers("pause") : wakers(what[i])
	for (j = i + 1; j <= NR && from[j] < to[i]; j++)
		if (pid[j] != pid[i] && what[j] ~ kin &&
		    text[j] !~ /^says|GET|STAT|INFO/)
			best = j
	return best
}
# The calls that can end a wait in CALL; the end of a process can end any.
function wakers(call)
{
	if (call ~ /^wait/) return "^exit_group"
	if (call ~ /^sem/) return "^(sem|exit_group)"
	if (call ~ /^msg/) return "^(msg|exit_group)"
	if (call ~ /^mq_/) return "^(mq_|exit_group)"
	if (call ~ /^open/) return "^(open|exit_group)"
	if (call ~ /^(flock|fcntl)/) return "^(flock|fcntl|close|exit_group)"
	if (call ~ /^futex/) return "^(futex|exit_group)"
	if (call ~ /^(pause|rt_)/) return "^(kill|tgkill|rt_sigq|exit_group)"
	if (call ~ /^accept/) return "^(connect|exit_group)"
	return "^(write|send|close|shutdown|exit_group|read|recv|connect|" \
		"vmsplice|splice|timerfd|kill|dup2)"
}
BEGIN {
	BLOCKS = "^(accept|connect|epoll_|fcntl|flock|futex|mq_timed|msgrcv|" \
		"msgsnd|open|pause|poll|ppoll|pselect|read|recv|rt_sigs|" \
		"rt_sigt|select|sem.*op|send|splice|vmsplice|wait|write)"
}
