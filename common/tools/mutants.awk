# mutants.awk - proofs with one thing altered: awk -f mutants.awk claims.c
#
# Prints a line for each mutant: "LINE<TAB>IDS<TAB>KIND: WHAT: TEXT", where TEXT
# is the altered line without the blanks around it. With -v make=N it prints
# mutant N instead, with no proof but its own, at the line numbers of the file;
# 0 is the proof in line OF (-v of=LINE) as it is. Kinds:
#	size	a number, PIPE_BUF or a MAX in a call is another one
#	flag	a flag is left out; shared becomes private, and the reverse
#	call	a call that changes something is left out, as if it had succeeded
#	store	a store into memory is left out
#	errno	an error number is another one
#	order	two calls that change the same thing change places
#	status	a child ends with 1: does anybody look?
# Not altered, as it makes no difference by its nature: what a proof compares
# with (EQUALS, FAILS, ==, memcmp), since it compares; what stands in SKIP; the
# sizes of arrays; file modes; a single byte that is sent or taken; the room of
# a read that gets less, or nothing; how many there are of the one thing that &x
# points to; one more than one too many; what a call does not look at; a flag
# not to wait, where the call did not have to; a position in what has none; the
# last step of a proof, if it only has to succeed; the clean-up at its end.

BEGIN {
	# Calls that change something. Those of the second list do so only
	# beside one of the words of the third.
	acts = words("write pwrite writev pwritev send sendto sendmsg sendfile " \
		"splice vmsplice tee msgsnd mq_send mq_timedsend mq_setattr " \
		"mq_notify mq_unlink mq_close semop semtimedop sem_post " \
		"sem_wait sem_init sem_destroy sem_close sem_unlink sem_trywait " \
		"shm_unlink shmdt kill raise sigqueue tgkill pthread_kill " \
		"sigaction signal sigprocmask pthread_sigmask timer_settime " \
		"timerfd_settime alarm setitimer ftruncate truncate fallocate " \
		"posix_fallocate msync mprotect munmap mlock mlock2 munlock " \
		"mlockall madvise posix_madvise process_madvise posix_fadvise " \
		"close close_range shutdown listen bind connect setsockopt " \
		"unlink link rename symlink mkdir rmdir mknod mkfifo chmod umask " \
		"fchmod chown fchown chdir mount umount umount2 unshare setns " \
		"setrlimit prlimit nice setpriority sched_setaffinity setsid " \
		"setpgid tcsetpgrp tcsetattr grantpt unlockpt dup2 dup3 " \
		"flock lockf fsync fdatasync sync lseek futimens epoll_ctl " \
		"eventfd_write pthread_mutex_lock pthread_mutex_unlock " \
		"pthread_mutex_trylock pthread_mutex_consistent " \
		"pthread_mutex_init pthread_mutex_destroy pthread_cond_signal " \
		"pthread_cond_broadcast pthread_cond_init pthread_cond_destroy " \
		"pthread_cancel pthread_mutexattr_setpshared " \
		"pthread_mutexattr_setrobust pthread_mutexattr_settype " \
		"pthread_condattr_setpshared pthread_condattr_setclock memset " \
		"memcpy strcpy strcat setresuid setresgid " \
		"become_another_user become_ordinary_user drop_capabilities " \
		"forbid_system_calls stop", act)
	for (name in act)
		of_system[name]
	words("msgctl shmctl semctl fcntl prctl ioctl", control)
	sets = "IPC_RMID|IPC_SET|SETVAL|SETALL|F_SET|F_OFD_SET|F_ADD_SEALS" \
		"|PR_SET|SHM_LOCK|SHM_UNLOCK|TIOCS|FIONBIO"
	flags = "^(O_(NONBLOCK|EXCL|TRUNC|APPEND|CLOEXEC|CREAT|SYNC)" \
		"|IPC_(CREAT|EXCL|NOWAIT)|SEM_UNDO|SHM_(RDONLY|RND|REMAP)" \
		"|MSG_(NOERROR|EXCEPT|COPY|PEEK|TRUNC|WAITALL|DONTWAIT" \
		"|NOSIGNAL|CMSG_CLOEXEC)|SA_[A-Z]+|LOCK_NB|WNOHANG|WUNTRACED" \
		"|WCONTINUED|WNOWAIT|EFD_[A-Z]+|SFD_[A-Z]+|TFD_[A-Z_]+" \
		"|MFD_[A-Z_]+|EPOLLET|EPOLLONESHOT|EPOLLEXCLUSIVE" \
		"|MAP_(ANONYMOUS|FIXED|FIXED_NOREPLACE|NORESERVE|LOCKED" \
		"|POPULATE|HUGETLB|GROWSDOWN|STACK|NONBLOCK)|MS_[A-Z]+" \
		"|MREMAP_[A-Z]+|TIMER_ABSTIME|AT_[A-Z_]+|SIGEV_[A-Z]+)$"
	other["MAP_SHARED"] = "MAP_PRIVATE"
	other["MAP_PRIVATE"] = "MAP_SHARED"
	other["PTHREAD_PROCESS_SHARED"] = "PTHREAD_PROCESS_PRIVATE"
	other["PTHREAD_MUTEX_ROBUST"] = "PTHREAD_MUTEX_STALLED"
	clean_up = "^(HOLDS|EQUALS)?\\(?(close|closedir|fclose|free|unlink" \
		"|[a-z]+_unlink|munmap|shmdt|sem_close|sem_destroy|mq_close" \
		"|rmdir|umount|umount2|end_by_kill|pthread_[a-z]+_destroy" \
		"|ends|kill\\([a-z_]+, SIG(KILL|TERM)\\)" \
		"|(msg|shm|sem)ctl\\([^;]*IPC_RMID)"
	# Calls that take something: their third argument is the room for it.
	takes = "^(read|pread|recv|recvfrom|msgrcv|mq_receive|mq_timedreceive" \
		"|recvmmsg|tee)$"
	# Calls that are told how many things a pointer leads to.
	counts = "^(semop|semtimedop|poll|ppoll|p?readv|p?writev|vmsplice" \
		"|process_vm_readv|process_vm_writev)$"
	# In these a -1 stands for "none", "any" or "for ever".
	any_minus = "^(mmap|poll|ppoll|epoll_wait|epoll_pwait|ends|wait" \
		"|waitpid|waitid|close|open|map|ends)$"
}

function words(list, set,    n, i, w)
{
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		set[w[i]]
	return n
}

{ raw[NR] = $0; text[NR] = masked($0) }

# S in the same length, without what stands in quotes and comments.
function masked(s,    n, i, c, out, quote)
{
	n = length(s)
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		if (inside) {
			if (substr(s, i, 2) == "*/") {
				inside = 0
				out = out "\001"
				i++
			}
			c = "\001"
		} else if (quote) {
			if (c == "\\") {
				out = out "\001"
				i++
			} else if (c == quote) {
				quote = ""
			}
			c = "\001"
		} else if (c == "\"" || c == "'") {
			quote = c
			c = "\001"
		} else if (substr(s, i, 2) == "/*") {
			inside = 1
			out = out "\001"
			i++
			c = "\001"
		} else if (substr(s, i, 2) == "//") {
			for (; i <= n; i++)
				out = out "\001"
			break
		}
		out = out c
	}
	return out
}

function trimmed(s)
{
	gsub(/^[ \t\001]+|[ \t\001]+$/, "", s)
	return s
}

# Line I as it is listed: no comment, no blanks around it
function shown(i,    s)
{
	s = raw[i]
	sub(/[ \t]+(\/\*|\/\/ ).*/, "", s)
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

# Is there a call in S that changes something? A signal 0 is only a look, and so
# is a seek to where one is.
function changes(s,    name)
{
	gsub(/[a-z_]*kill\([^()]*(\(\))?, 0\)/, "", s)
	gsub(/lseek\([^()]*, 0, SEEK_CUR\)/, "", s)
	while (match(s, /[A-Za-z_][A-Za-z_0-9]*\(/)) {
		name = substr(s, RSTART, RLENGTH - 1)
		if (name in act || (name in control && s ~ "(" sets ")"))
			return 1
		s = substr(s, RSTART + RLENGTH)
	}
	return 0
}

# A helper of the file that calls one of these is one, and so on.
function find_helpers(    i, name, more)
{
	for (i = 1; i <= NR; i++) {
		if (raw[i] ~ /^[a-z].*\(/ && text[i] !~ /;[ \t\001]*$/) {
			name = text[i]
			sub(/\(.*/, "", name)
			sub(/.*[^A-Za-z0-9_]/, "", name)
		} else if (raw[i] ~ /^CLAIM\(/) {
			name = ""
		}
		if (name != "" && raw[i] ~ /^\t/)
			body[name] = body[name] " " text[i]
		if (raw[i] ~ /^}/)
			name = ""
	}
	do {
		more = 0
		for (name in body)
			if (!(name in act) && changes(body[name])) {
				act[name]
				more = 1
			}
	} while (more)
}

# ------------------------------------------------------------ one mutant

# The text from AT on, LEN long, of statement S is WITH instead.
function mutant(s, kind, at, len, with, what,    line, i)
{
	line = from[s]
	for (i = 1; i < at; i++)
		line += substr(whole[s], i, 1) == "\n"
	if (++made == make) {
		out_from = from[s]
		out_to = to[s]
		out = substr(whole[s], 1, at - 1) with substr(whole[s], at + len)
		out_claim = claim
	} else if (make == "") {
		print line "\t" ids "\t" kind ": " what ": " shown(line)
	}
}

# Walk through the words of statement S, knowing where each stands.
function try_words(s,    mask, n, i, c, w, len, depth, call, square, brace, \
		   prev, before, after, number_of)
{
	mask = text_of[s]
	n = length(mask)
	for (i = 1; i <= n; i += len) {
		c = substr(mask, i, 1)
		len = 1
		if (c ~ /[A-Za-z_0-9]/) {
			match(substr(mask, i), /^[A-Za-z_0-9]+/)
			len = RLENGTH
			w = substr(mask, i, len)
			before = trimmed_end(substr(mask, 1, i - 1))
			after = substr(mask, i + len)
			sub(/^[ \t\n\001]+/, "", after)
			if ((depth || brace) && !square)
				try_word(s, i, len, w, before, after,
					 depth ? call[depth] : "",
					 depth ? number_of[depth] : 0)
			prev = w
			continue
		}
		if (c == "(") {
			call[++depth] = substr(mask, i - 1, 1) ~ /[A-Za-z_0-9]/ \
				? prev : ""
			number_of[depth] = 1
		} else if (c == ")") {
			depth--
		} else if (c == "," && depth) {
			number_of[depth]++
		}
		square += (c == "[") - (c == "]")
		brace += (c == "{") - (c == "}")
	}
}

function trimmed_end(s)
{
	sub(/[ \t\n\001]+$/, "", s)
	return s
}

# One word of statement S, in argument NTH of a call of NAME.
function try_word(s, i, len, w, before, after, name, nth,    minus, bare, with)
{
	if (name == "EQUALS" && nth == 2 || name == "FAILS" && nth == 2)
		return
	bare = before
	minus = sub(/-$/, "", bare)
	bare = trimmed_end(bare)
	if (minus && bare ~ /sizeof [a-z_]+$/)
		return				# room for the end of a text
	sub(/\([a-z_]+( \*)?\)$/, "", bare)	# (mqd_t)-1
	bare = trimmed_end(bare)
	if (bare ~ /[=!<>]=$|[<>]$|return$/ && bare !~ /(<<|>>)$/) {
		if (w !~ /^E[A-Z]/ || w ~ /^(EOF|EPOLL|EFD)/)
			return
	}
	if (after ~ /^(==|!=|<|>)/ && w ~ /^[0-9]/)
		return
	if (w ~ /^E[A-Z0-9]+$/ &&
	    w !~ /^(EOF|EQUALS|EPOLL.*|ECHO.*|ERROR.*|EACH)$/) {
		mutant(s, "errno", i, len, w == "EPIPE" ? "EIO" : "EPIPE",
		       w " is " (w == "EPIPE" ? "EIO" : "EPIPE"))
		return
	}
	if (w ~ /^[0-9]/) {
		try_number(s, i, len, w, minus, after, name, nth,
			   bare ~ /[?:]$/, before)
		return
	}
	if (w == "PIPE_BUF" || w ~ /^[A-Z]+_MAX$/) {
		with = w == "PIPE_BUF" ? "(PIPE_BUF + 1)" : "(" w " - 1)"
		mutant(s, "size", i, len, with, w " is " substr(with, 2, length(with) - 2))
		return
	}
	if (w in other) {
		mutant(s, "flag", i, len, other[w], w " is " other[w])
		return
	}
	if (bare ~ /[^&]&$/)
		return				# what is looked at
	if (w !~ flags || needs_no(w, trimmed(text_of[s])))
		return
	mutant(s, "flag", i, len, "0", w " is left out")
}

# Is FLAG one not to wait, in step T, whose call succeeds or is refused? Then it
# would not have waited.
function needs_no(flag, t)
{
	return flag ~ /^(IPC_NOWAIT|MSG_DONTWAIT|WNOHANG|LOCK_NB)$/ &&
		t ~ /^(EQUALS|HOLDS|FAILS)\(/ &&
		t !~ /EAGAIN|EWOULDBLOCK|ENOMSG|MSG_COPY|waitp?i?d?\(.*, 0\);$/
}

# Does the call in step T take less than room for ROOM, or nothing at all?
function takes_less(t, room,    want)
{
	if (t ~ /^FAILS\(/)
		return t !~ /E2BIG|EMSGSIZE|EINVAL|EFAULT/
	if (t !~ /^EQUALS\(.*, [0-9]+\);$/)
		return 0
	want = t
	sub(/.*, /, "", want)
	return want + 0 < room + 0
}

# Does number W, argument NTH of NAME, make no difference to step T? semctl()
# does not look at a number where the whole set is meant; a size of 0 stands for
# that of the set there is, one of 1 for any; an object that is not there, or is
# refused, has no size; all use the same key; to take still more than there is
# fails as well.
function is_ignored(t, name, nth, w, minus)
{
	if (name == "semctl" && nth == 2)
		return t ~ /IPC_(RMID|STAT|SET|INFO)|(SET|GET)ALL|SEM_(INFO|STAT)/
	if (name ~ /^(sem|shm)get$/ && nth == 2 && (w == "0" || w == "1"))
		return t !~ /EINVAL/
	if (name == "own_key" && t ~ /^key_t key = /)
		return 1
	if (t ~ /^FAILS\(.*, ENOENT\);$/ && name == "own_key")
		return 1
	if (t ~ /^FAILS\(.*, (ENOENT|EEXIST|ENOSPC|EACCES)\);$/)
		return name ~ /^(sem|shm|msg)get$/
	return minus && t ~ /^FAILS\(.*, EAGAIN\);$/
}

function try_number(s, i, len, w, minus, after, name, nth, before_colon, \
		    before, with)
{
	if (w ~ /^0[0-7]+$/ || w ~ /[^0-9xXa-fA-FuUlL]/)
		return				# a mode
	if (w == "0" && (after ~ /^[)}]/ || name ~ /^[A-Z]*$/))
		return				# no flags, an empty initialiser
	if (minus && w == "1" && name ~ any_minus)
		return
	if (name == "_exit" || name == "exit" || before_colon)
		return				# a child's word for "no"
	if (name == "mmap" && nth == 2 && w % 4096 == 0)
		return				# it is rounded up to pages
	if (name ~ /^(p?read|p?write|recv|send|msgsnd|msgrcv|mq_send|mq_receive)$/ &&
	    nth == 3 && w == "1" && before ~ /,$/ &&
	    text_of[s] !~ /E2BIG|EMSGSIZE/)
		return				# a byte as a word to a partner
	if (w == "1" && before ~ /\+$/ && trimmed(text_of[s]) ~ \
	    /^FAILS\(.*, (E2BIG|EINVAL|EMSGSIZE|EFBIG|ENOSPC|ENOMEM)\);$/)
		return				# one more than too many
	if (name ~ takes && nth == 3 && takes_less(trimmed(text_of[s]), w))
		return
	if (name ~ counts && w == "1" && before ~ /&[a-z_]+,$/)
		return				# &x is one
	if (is_ignored(trimmed(text_of[s]), name, nth, w, minus))
		return
	if (name == "lseek" && text_of[s] ~ /ESPIPE/)
		return
	if (name == "prctl" && w == "1")
		return				# "on"
	if (name == "socketpair" && nth == 3 || name ~ /^needs?_/)
		return
	if (name ~ /^(mem|strn)cmp$/)
		return
	if (name == "sem_init" && nth == 2) {		# shared or not
		mutant(s, "flag", i, len, 1 - w, w " is " 1 - w)
		return
	}
	with = w ~ /^0[xX]/ ? "(" w " + 1)" : w + 1 substr(w, match(w, /[uUlL]*$/))
	if (minus)
		mutant(s, "size", i, len, with, "-" w " is -" with)
	else
		mutant(s, "size", i, len, with, w " is " with)
}

# -------------------------------------------------------- the statements

# Statement S calls something that changes, and its success is all it says.
function is_step(s,    t)
{
	t = trimmed(text_of[s])
	if (kind_of[s] != "statement" || t ~ /^(SKIP|FAILS|return|if|else)/ ||
	    t ~ /^HOLDS\((str|mem)n?cmp\(/)
		return 0
	if (t ~ /^[A-Za-z_][A-Za-z_0-9 *]*[ *][a-z_A-Z0-9]+( =|;|,|\[)/ ||
	    t ~ /^[a-z_A-Z0-9.\->\[\]]+ [|&+-]?= /)
		return 0			# a declaration, an assignment
	# Its result is what is asked for, unless that is "done", or a count.
	if (t ~ /^EQUALS\(/ && t !~ /, (0|strlen\(.*\))\);$/ &&
	    t !~ /^EQUALS\((p?write|pwritev|writev|send|sendto|sendmsg)\(/)
		return 0
	return changes(t)
}

function try_step(s,    mask, at, t, part, i, depth, c, start, with, join)
{
	mask = text_of[s]
	t = trimmed(mask)
	match(mask, /[^ \t]/)
	at = RSTART
	# HOLDS(a && b), _exit(a || b): each of them.
	if (t ~ /^HOLDS\(.*&&/ && t !~ /\|\|/ || t ~ /^_exit\([^?]*$/) {
		with = t ~ /^_exit/ ? "0 " : "1 "
		join = t ~ /^_exit/ ? "||" : "&&"
		start = at + 6
		for (i = start; i <= length(mask); i++) {
			c = substr(mask, i, 1)
			if ((depth == 0 && substr(mask, i, 2) == join) ||
			    (depth == 0 && c == ")")) {
				part = substr(mask, start, i - start)
				if (changes(part) && part !~ /!= E[A-Z]/)
					mutant(s, "call", start, i - start,
					       with, name_in(part) \
					       "() is left out")
				start = i + 2
				if (c == ")")
					return
				i++
				continue
			}
			depth += (c == "(") - (c == ")")
		}
		return
	}
	if (t ~ /^_exit/)
		return
	# LETS_GO(child, call): what the macro looks at besides is looked at.
	if (t ~ /^[A-Z_]+\(/ && t !~ /^(HOLDS|EQUALS)\(/) {
		start = index(mask, "(") + 1
		for (i = start; i <= length(mask); i++) {
			c = substr(mask, i, 1)
			if (depth == 0 && (c == "," || c == ")")) {
				part = substr(mask, start, i - start)
				if (changes(part))
					mutant(s, "call", start, i - start,
					       " 1", name_in(part) \
					       "() is left out")
				start = i + 1
				if (c == ")")
					return
			}
			depth += (c == "(") - (c == ")")
		}
		return
	}
	mutant(s, "call", at, length(mask) - at + 1, ";",
	       name_in(t) "() is left out")
}

# The call that changes something in T.
function name_in(t,    name)
{
	while (match(t, /[A-Za-z_][A-Za-z_0-9]*\(/)) {
		name = substr(t, RSTART, RLENGTH - 1)
		if (name in act || name in control)
			return name
		t = substr(t, RSTART + RLENGTH)
	}
	return "call"
}

function is_store(s,    t)
{
	t = trimmed(text_of[s])
	return kind_of[s] == "statement" &&
		(t ~ /^\*+[a-z(][^=;]* [|&+-]?= [^;]*;$/ ||
		 t ~ /^[a-z_]+(\[[^\]]*\]|->[a-z_]+)+ [|&+-]?= [^;]*;$/ ||
		 t ~ /^\*\([a-z ]+\*\)[^=;]* = [^;]*;$/) && t !~ /[a-z_]\(/
}

# A call of the system as the last step S of a proof: that it succeeds is all
# that is left to be seen.
function is_last_word(s,    t)
{
	t = trimmed(text_of[s])
	return t ~ /^(HOLDS|EQUALS)\([a-z_]+\(/ && t !~ /&&/ && depth_of[s] == 1 &&
		name_in(t) in of_system
}

function is_clean_up(s,    t)
{
	t = trimmed(text_of[s])
	return kind_of[s] == "statement" && t ~ clean_up
}

# Two steps of one block, each whole, that name one thing with a small name.
function may_swap(a, b,    n, i, w, ta, tb)
{
	if (from[b] != to[a] + 1 || depth_of[a] != depth_of[b])
		return 0
	ta = trimmed(text_of[a])
	tb = trimmed(text_of[b])
	if (ta == tb || name_in(ta) == name_in(tb) || ta ~ /^_exit/ || tb ~ /^_exit/)
		return 0
	gsub(/[^A-Za-z_0-9]+/, " ", ta)
	gsub(/[^A-Za-z_0-9]+/, " ", tb)
	n = split(ta, w, " ")
	for (i = 1; i <= n; i++)
		if (w[i] ~ /^[a-z_]/ && !(w[i] in act) && !(w[i] in control) &&
		    index(" " tb " ", " " w[i] " "))
			return 1
	return 0
}

# Cut lines FIRST to LAST into statements and heads ("if (...)").
function cut(first, last,    i, s, depth, brace, k, c, t)
{
	count = 0
	s = 0
	for (i = first; i <= last; i++) {
		t = trimmed(text[i])
		if (s == 0) {
			if (t == "" || t ~ /^[{}#]/ || t ~ /^(do|else)( \{)?$/)
				continue
			s = ++count
			from[s] = i
			whole[s] = raw[i]
			text_of[s] = text[i]
			match(raw[i], /^\t*/)
			depth_of[s] = RLENGTH
			depth = brace = 0
		} else {
			whole[s] = whole[s] "\n" raw[i]
			text_of[s] = text_of[s] "\n" text[i]
		}
		for (k = 1; k <= length(text[i]); k++) {
			c = substr(text[i], k, 1)
			depth += (c == "(") - (c == ")")
			brace += (c == "{") - (c == "}")
		}
		to[s] = i
		if (depth > 0)
			continue
		if (trimmed(text_of[s]) ~ /^(\} )?(else )?(if|for|while|switch) \(/ &&
		    t !~ /;$/) {
			kind_of[s] = "head"
			s = 0
		} else if (t ~ /;$/ && brace <= 0) {
			kind_of[s] = trimmed(text_of[s]) ~ /^(if|for|while) \(/ \
				? "head" : "statement"
			s = 0
		} else if (t ~ /(\{|:)$/ && t !~ /= \{$/) {
			kind_of[s] = "head"
			s = 0
		}
	}
	if (s)
		count--
}

function try_claim(first, last,    s, t, tail)
{
	cut(first, last)
	for (tail = count; tail > 0 && is_clean_up(tail); tail--)
		continue
	for (s = 1; s <= count; s++) {
		t = trimmed(text_of[s])
		if (t ~ /^SKIP\(/ || t ~ /^(for|switch) \(/ || t ~ /claim_fail/)
			continue
		if (kind_of[s] == "head" &&
		    trimmed(text[to[s] + 1]) ~ /^SKIP\(/)
			continue
		if (s > tail)
			continue
		try_words(s)
		if (is_step(s) && !(s == count && is_last_word(s)))
			try_step(s)
		else if (is_store(s)) {
			match(text_of[s], /[^ \t]/)
			mutant(s, "store", RSTART, length(text_of[s]) - RSTART + 1,
			       ";", "left out")
		}
		if (t ~ /^_exit\(/ && t !~ /^_exit\([1-9]/) {
			match(text_of[s], /[^ \t]/)
			mutant(s, "status", RSTART,
			       length(text_of[s]) - RSTART + 1, "_exit(1);",
			       "a child ends with 1")
		}
		if (s < tail && is_step(s) && is_step(s + 1) && may_swap(s, s + 1)) {
			if (++made == make) {
				out_from = from[s]
				out_to = to[s + 1]
				out = whole[s + 1] "\n" whole[s]
				out_claim = claim
			} else if (make == "")
				print from[s] "\t" ids "\torder: after the next: " \
					shown(from[s])
		}
	}
}

# What is printed is one proof and all that is no proof.
function print_it(    i, on, at)
{
	on = 1
	for (i = 1; i <= NR; i++) {
		if (raw[i] ~ /^CLAIM\(/)
			on = i == out_claim
		if (i == out_from) {
			printf "%s\n", out
			at = split(out, unused, "\n")
			for (; at <= out_to - out_from; at++)
				print ""
			i = out_to
		} else {
			print on || raw[i] ~ /^#/ ? raw[i] : ""
		}
		if (raw[i] ~ /^}/)
			on = 1
	}
}

END {
	find_helpers()
	for (i = 1; i <= NR; i++) {
		if (raw[i] !~ /^CLAIM\(/)
			continue
		claim = i
		match(raw[i], /"[^"]*"/)
		ids = substr(raw[i], RSTART + 1, RLENGTH - 2)
		while (raw[i] !~ /^\{|\{.*\}$/ && i < NR)
			i++
		first = i
		while (raw[i] !~ /^\}|^\{.*\}$/ && i < NR)
			i++
		try_claim(first + 1, i - 1)
		if (make != "" && make == 0 && claim == of)
			out_claim = claim
	}
	if (make != "") {
		if (!out_claim)
			exit 1
		print_it()
	}
}
