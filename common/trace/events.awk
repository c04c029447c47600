# events.awk - strace's lines become events, a line each
#
#	awk -f events.awk FILE...	(of strace -f -ttt -T -y)
#
# Prints, tab between: start, end (seconds), pid, program, call, its text, its
# result. What a program does before main(), and files of the system, are left
# out; so is memory that nobody shares.
BEGIN { OFS = "\t" }
# "12 99.5 read(3, <unfinished ...>" and later "<... read resumed>"
{
	pid = $1
	at = $2
	text = $0
	sub(/^[0-9]+ +[0-9.]+ /, "", text)
}
/<unfinished \.\.\.>$/ {
	sub(/ *<unfinished \.\.\.>$/, "", text)
	kept[pid] = text
	since[pid] = at
	next
}
text ~ /^<\.\.\. [a-z0-9_]+ resumed>/ {
	sub(/^<\.\.\. [a-z0-9_]+ resumed> ?/, "", text)
	text = kept[pid] text
	call(pid, since[pid], at, text)
	next
}
text ~ /^--- SIG/ {
	sub(/^--- /, "", text)
	sub(/ .*/, "", text)
	print at, at, pid, name(pid), "signal", text " arrives", ""
	next
}
text ~ /^\+\+\+ killed by/ {
	sub(/^\+\+\+ /, "", text)
	sub(/ \+\+\+$/, "", text)
	print at, at, pid, name(pid), "exit_group", text, ""
	next
}
text ~ /^[a-z0-9_]+\(/ { call(pid, at, "", text) }

function name(pid) { return pid in program ? program[pid] : "?" }

function call(pid, from, to, text,    what, took, result, n)
{
	what = text
	sub(/\(.*/, "", what)
	took = 0
	if (match(text, / <[0-9.]+>$/)) {
		took = substr(text, RSTART + 2, RLENGTH - 3)
		text = substr(text, 1, RSTART - 1)
	}
	if (to == "") to = sprintf("%.6f", from + took)
	result = ""
	if (match(text, /\) += [^=]*$/)) {
		result = substr(text, RSTART + 1)
		text = substr(text, 1, RSTART)
		sub(/^ += /, "", result)
		sub(/ \([A-Z][^)]*\)$/, "", result)	# EAGAIN says it
		sub(/<.*>/, "", result)
	}
	if (what ~ /^(clone|clone3|fork|vfork)$/) {
		n = result + 0
		if (n > 0 && !(n in program)) program[n] = name(pid)
		text = "fork()"
	}
	if (what == "execve") {
		if (result !~ /^0/) return
		n = text
		sub(/^execve\("/, "", n)
		sub(/".*/, "", n)
		sub(/.*\//, "", n)
		program[pid] = n
		text = "execve(" n ")"
	}
	if (is_noise(what, text)) return
	text = quoted(what, shorter(text))
	print from, to, pid, name(pid), what, text,
	      text ~ /^says/ ? "" : result
}

function is_noise(what, text)
{
	if (text ~ /"?\/(lib|lib64|usr|etc|proc|sys)\//) return 1
	if (what ~ /^(mmap|munmap|mprotect)$/ && text !~ /MAP_SHARED/)
		return 1
	return text ~ /TCGETS|rt_sigprocmask\(SIG_(BLOCK|SETMASK), ~?\[/ &&
	       text ~ /TCGETS|RTMIN RT_1|~\[\]/
}

# A line of the program's own is what it says. Other data is cut short.
function quoted(what, text,    head, said, tail)
{
	if (!match(text, /"([^"\\]|\\.)*"(\.\.\.)?/)) return text
	head = substr(text, 1, RSTART - 1)
	said = substr(text, RSTART + 1, RLENGTH - 1)
	tail = substr(text, RSTART + RLENGTH)
	sub(/"(\.\.\.)?$/, "", said)
	if (what == "write" && text ~ /^write\([12][,<]/) {
		sub(/^[a-z0-9_]+ *\| /, "", said)
		sub(/\\n$/, "", said)
		return "says \"" said "\""
	}
	if (said ~ /^\//) sub(/^.*\//, "", said)
	else if (length(said) > 12) said = substr(said, 1, 10) "..."
	sub(/(\\[0-9a-fx]*)+(\.\.\.)?$/, "...", said)
	return head "\"" said "\"" tail
}

# A descriptor's path stays only where it is a name: a FIFO, a queue.
function shorter(text)
{
	gsub(/<(pipe|socket|anon_inode|UNIX|TCP|UDP)[^>]*>/, "", text)
	gsub(/<\/dev\/(null|pts\/[0-9]+)>|<\/memfd:[^>]*>(\(deleted\))?/, "",
	     text)
	gsub(/<[^<>]*\//, "<", text)
	gsub(/AT_FDCWD(<[^<>]*>)?, /, "", text)
	# {sem_num=1, sem_op=-1, sem_flg=SEM_UNDO}: 1:-1 SEM_UNDO
	gsub(/\{sem_num=/, "", text)
	gsub(/, sem_op=/, ":", text)
	gsub(/, sem_flg=0\}/, "", text)
	while (match(text, /, sem_flg=[^}]*\}/))
		text = substr(text, 1, RSTART - 1) " " \
		       substr(text, RSTART + 10, RLENGTH - 11) \
		       substr(text, RSTART + RLENGTH)
	gsub(/WIFEXITED\(s\) && WEXITSTATUS\(s\) == /, "exit ", text)
	gsub(/WIFSIGNALED\(s\) && WTERMSIG\(s\) == /, "killed by ", text)
	return text
}
