# mutants.awk - small mistakes, one a file, made from a right answer
#
#	awk -v dir=DIR -f mutants.awk SOLUTION.c
#
# Writes DIR/N.c, and prints "N<TAB>LINE<TAB>KIND<TAB>TEXT" for each. Kinds:
#	call	a call that ends or waits or locks is left out, with its check
#	check	the call stays, its result is not looked at
#	less	< becomes <=, but not in a comparison with 0
#	flag	O_NONBLOCK, O_EXCL, IPC_EXCL, IPC_NOWAIT ... is left out
#	swap	two statements that lock or wait change places
# The text is the line without blanks around it: what `survivors' names.
BEGIN {
	calls = "close|wait|waitpid|unlink|shm_unlink|sem_unlink|mq_unlink" \
		"|msgctl|shmctl|semctl|sem_wait|sem_post|semop|munmap|shmdt" \
		"|sem_close|mq_close|sem_destroy|sigprocmask|sigaction" \
		"|pthread_mutex_lock|pthread_mutex_unlock|flock|mq_notify" \
		"|ftruncate|msync|remove_at_end|kill|sigqueue|epoll_ctl" \
		"|pthread_mutex_consistent|pthread_cond_signal|listen|fsync" \
		"|pthread_cond_broadcast|setsid|unlockpt|grantpt|tcsetattr"
	flags = "O_NONBLOCK|O_EXCL|IPC_EXCL|IPC_NOWAIT|SEM_UNDO|MSG_NOERROR" \
		"|MSG_WAITALL|MSG_DONTWAIT|SA_RESTART|O_TRUNC|EFD_SEMAPHORE" \
		"|WNOHANG|MAP_SHARED_VALIDATE|O_APPEND|MSG_NOSIGNAL"
}
{ line[NR] = $0 }
END {
	for (i = 1; i <= NR; i++)
		if (!comment(line[i]))
			try(i)
}
function comment(s)
{
	if (s ~ /^[ \t]*\/\*/) inside = 1
	was = inside || s ~ /^[ \t]*\/\//
	if (s ~ /\*\//) inside = 0
	return was
}
# The last line of the statement that begins in line I: an `if' of one
# simple statement counts with it. 0 if it has a block or goes on too long.
function last(i,    j, text, depth, k, c)
{
	for (j = i; j < i + 8 && j <= NR; j++) {
		text = line[j]
		sub(/\/\/.*/, "", text)
		for (k = 1; k <= length(text); k++) {
			c = substr(text, k, 1)
			depth += (c == "(") - (c == ")")
			if (c == "{" || c == "}") return 0
			if (c == ";" && depth == 0) return j
		}
	}
	return 0
}
function write_mutant(i, j, with, kind,    k, file, text)
{
	file = dir "/" ++n ".c"
	for (k = 1; k < i; k++) print line[k] > file
	printf "%s", with > file
	for (k = j + 1; k <= NR; k++) print line[k] > file
	close(file)
	text = line[i]
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	print n "\t" i "\t" kind "\t" text
}
# Inside a function a statement begins with a tab.
function try(i,    s, j, call, e, rest)
{
	s = line[i]
	if (s !~ /^\t/) return
	if (s ~ "^\t+(if \\(|while \\()?!?(" calls ")\\(" && (j = last(i)) &&
	    line[j + 1] !~ /^[ \t]*else/)
		write_mutant(i, j, s ~ /^\t+while/ ? "" : "\t;\n", "call")
	if (s ~ /^\t+if \(.* == (-1|SEM_FAILED|MAP_FAILED|NULL)/ &&
	    s !~ /\|\||&&/ && (j = last(i)) && j > i &&
	    line[j] ~ /^\t+(die|quit|return|exit|_exit|goto)/ &&
	    line[j + 1] !~ /^[ \t]*else/) {
		e = ""
		for (k = i; k < j; k++) e = e line[k] "\n"
		sub(/if \(/, "(void)(", e)
		sub(/\n$/, ";\n", e)
		write_mutant(i, j, e, "check")
	}
	if (s ~ /(for|while|if) \(.* < [^0]/) {
		e = s
		sub(/ < /, " <= ", e)
		write_mutant(i, i, e "\n", "less")
	}
	if (match(s, "(\\| *(" flags ")|(" flags ") *\\| *)")) {
		e = substr(s, 1, RSTART - 1) substr(s, RSTART + RLENGTH)
		write_mutant(i, i, e "\n", "flag")
	} else if (match(s, "(" flags ")")) {
		e = substr(s, 1, RSTART - 1) "0" substr(s, RSTART + RLENGTH)
		write_mutant(i, i, e "\n", "flag")
	}
	if (s ~ /^\t+(if \()?(sem_wait|pthread_mutex_lock|semop|flock)\(/ &&
	    (j = last(i)) &&
	    line[j + 1] ~ /^\t+(if \()?(sem_wait|pthread_mutex_lock)\(/ &&
	    (k = last(j + 1))) {
		e = ""
		for (c = j + 1; c <= k; c++) e = e line[c] "\n"
		for (c = i; c <= j; c++) e = e line[c] "\n"
		write_mutant(i, k, e, "swap")
	}
}
