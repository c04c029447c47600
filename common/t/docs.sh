#!/bin/sh
# docs.sh - the reference pages: each errno, each limit and each fact has a
# proof, each command to read a limit runs here
#
# A checker prints what is wrong with a page, a line each; it is also shown
# pages that are wrong, and must say so.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

awk -f common/t/proofs.awk lessons/[0-9][0-9]-*/claims.c > "$tmp/proofs"

# A row of errors.md: | `call()` | `ERRNO` | because | cure | ids |, under a
# heading that begins with the lesson's number. Each id is a proof of that
# lesson: it names the errno itself, and it or a helper of it makes the call.
errors() # FILE
{
	awk -F '\t' -v proofs="$tmp/proofs" '
	function wrong(what) { print "line " FNR ": " what }
	function trim(s) { gsub(/^[ `]+|[ `]+$/, "", s); return s }
	function check(id,    i, n) {
		n = count[lesson, id]
		if (!n) {
			wrong("lesson " lesson " has no proof of " id)
			return
		}
		for (i = 1; i <= n; i++)
			if (index(says[lesson, id, i], " " err " ") &&
			    index(runs[lesson, id, i], " " err " ") &&
			    (index(runs[lesson, id, i], " " call " ") ||
			     index(runs[lesson, id, i], " SYS_" call " ")))
				return
		wrong("no proof of " id " makes " call "() fail with " err)
	}
	BEGIN {
		while ((getline < proofs) > 0) {
			n = ++count[$1, $2]
			says[$1, $2, n] = $3
			runs[$1, $2, n] = $4
		}
	}
	/^## / {
		split($0, word, " ")
		lesson = word[2]
		# The first lesson is 00 or 01.
		if (before == "" ? lesson + 0 > 1 : lesson + 0 != before + 1)
			wrong("lesson " lesson " comes after " before + 0)
		before = lesson + 0
		last = ""
	}
	/^\| `/ && lesson != "" {
		if (split($0, cell, "|") != 7) {
			wrong("not five columns")
			next
		}
		for (i = 2; i <= 6; i++)
			if (trim(cell[i]) == "")
				wrong("an empty cell")
		call = trim(cell[2])
		err = trim(cell[3])
		if (call !~ /^[a-z0-9_]+\([A-Z0-9_]*\)$/ || err !~ /^E[A-Z0-9]+$/)
			wrong("no call and errno: " call " " err)
		if (call " " err < last)
			wrong(call " " err " comes after " last)
		last = call " " err
		sub(/\(.*/, "", call)
		n = split(cell[6], id, " ")
		for (i = 1; i <= n; i++)
			check(id[i])
		rows++
	}
	END { if (!rows) print "no row" }' "$1"
}

# A page that is right but for one thing must be told so.
told() # NAME REGEX CHECKER ROW...
{
	name=$1 regex=$2 checker=$3
	shift 3
	printf '%s\n' "$@" > "$tmp/page.md"
	like "$name is noticed" "$("$checker" "$tmp/page.md")" "$regex"
}

is "docs/errors.md: each row has its proof" "$(errors docs/errors.md)" ""
pipe='| `pipe()` | `EMFILE` | because | cure | 2-035 |'
told "an errno that the proof does not provoke" 'no proof of 2-035' errors \
	'## 01 Pipe' '| `pipe()` | `ENFILE` | because | cure | 2-035 |'
told "a call that the proof does not make" 'makes read\(\) fail' errors \
	'## 01 Pipe' '| `read()` | `EMFILE` | because | cure | 2-035 |'
told "an id without a proof" 'no proof of L01-99' errors \
	'## 01 Pipe' '| `pipe()` | `EMFILE` | because | cure | 2-035 L01-99 |'
told "an id of another lesson" 'lesson 01 has no proof of 2-053' errors \
	'## 01 Pipe' '| `mkfifo()` | `EEXIST` | because | cure | 2-053 |'
told "a row out of order" 'pipe\(\) EMFILE comes after read' errors \
	'## 01 Pipe' '| `read()` | `EBADF` | because | cure | 0-005 |' "$pipe"
told "a missing cell" 'not five columns' errors \
	'## 01 Pipe' '| `pipe()` | `EMFILE` | because | 2-035 |'
told "a facility left out" 'lesson 03 comes after 1' errors \
	'## 01 Pipe' "$pipe" '## 03 Queue'
told "a beginning left out" 'lesson 02 comes after' errors \
	'## 02 FIFO' '| `mkfifo()` | `EEXIST` | because | cure | 2-053 |'
told "a page without rows" 'no row' errors '# Errors'
is "and a right page is right" "$(printf '## 01 Pipe\n%s\n' "$pipe" \
	> "$tmp/page.md"; errors "$tmp/page.md")" ""

# A row of limits.md: | limit | bounds | `command` or "fixed" | raise | what
# it looks like | ids, or "not hit here: why" |. Each errno in it is named by
# one of the proofs. Prints the commands as well, for limits_read().
limits() # FILE
{
	awk -F '\t' -v proofs="$tmp/proofs" -v commands="$tmp/commands" '
	function wrong(what) { print "line " FNR ": " what }
	function trim(s) { gsub(/^ +| +$/, "", s); return s }
	BEGIN {
		printf "" > commands
		while ((getline < proofs) > 0)
			says[$2] = says[$2] $3
	}
	/^\| limit \|/ { rows = 1; next }
	/^\|---/ { next }
	!/^\|/ { rows = 0 }
	!rows { next }
	{
		all++
		if (split($0, cell, "|") != 8) {
			wrong("not six columns")
			next
		}
		for (i = 2; i <= 7; i++)
			if (trim(cell[i]) == "")
				wrong("an empty cell")
		if (match(trim(cell[4]), /^`[^`]+`/))
			print FNR "\t" substr(trim(cell[4]), 2, RLENGTH - 2) \
			      > commands
		else if (trim(cell[4]) !~ /^fixed/)
			wrong("no command to read it")
		if (trim(cell[7]) ~ /^not hit here: ./)
			next
		found = ""
		n = split(cell[7], id, " ")
		for (i = 1; i <= n; i++) {
			if (!(id[i] in says))
				wrong("no proof of " id[i])
			found = found says[id[i]]
		}
		n = split(cell[6], word, /[^A-Z0-9]+/)
		for (i = 1; i <= n; i++)
			if (word[i] ~ /^E[A-Z0-9]+$/ &&
			    !index(found, " " word[i] " "))
				wrong("no proof of it names " word[i])
	}
	END { if (!all) print "no row" }' "$1"
}

# Run each command; what this system lacks is a skip.
limits_read() # FILE
{
	while IFS="$(printf '\t')" read -r line cmd; do
		name="$1:$line: $cmd"
		tool=${cmd%% *}
		lacks=
		command -v "$tool" > /dev/null || lacks="no $tool here"
		for word in $cmd; do
			case $word in
			/proc/*|/sys/*|/dev/*)
				[ -e "$word" ] || lacks="no $word here"
			esac
		done
		if [ "$lacks" ]; then
			skip "$name" "$lacks"
			continue
		fi
		sh -c "$cmd" > "$tmp/out" 2>&1 && test -s "$tmp/out"
		tap_line $? "$name"
	done < "$tmp/commands"
}

row='| `X` | bytes | `getconf PIPE_BUF /` | fixed | `ENOSPC` | 1-352 |'
head='| limit | bounds | read it | raise it | when you hit it | proof |'
told "a limit without a proof" 'no proof of 1-999' limits "$head" \
	'| `X` | bytes | `true` | fixed | `ENOSPC` | 1-999 |'
told "an errno that no proof of it names" 'names ENOMEM' limits "$head" \
	'| `X` | bytes | `true` | fixed | `ENOMEM` | 1-352 |'
told "a limit that cannot be read" 'no command' limits "$head" \
	'| `X` | bytes | somewhere | fixed | `ENOSPC` | 1-352 |'
told "a limit that is not hit, without a reason" 'no proof of not' limits \
	"$head" '| `X` | bytes | `true` | fixed | `ENOSPC` | not hit here |'
told "a page without limits" 'no row' limits '# Limits'
printf '%s\n' "$head" "$row" '| `X` | b | `cat /proc/version /none` | c | d | 1-352 |' \
	'| `X` | b | `cat /proc/nothing` | c | d | 1-352 |' > "$tmp/page.md"
is "a right page is right" "$(limits "$tmp/page.md")" ""
like "a command that fails is noticed" "$(limits_read page)" \
	'^not ok .*cat /proc/version /none'
like "one that this kernel lacks is a skip" "$(limits_read page)" \
	'^ok .*# SKIP no /proc/nothing here'
is "docs/limits.md: each row has its proof" "$(limits docs/limits.md)" ""
limits_read docs/limits.md

# A table whose last column is "proof" states facts. Each of its rows ends in
# ids, in tests (`common/t/x.sh`) where a command is what shows it, or in "not
# run here: why" ("not hit here" of a limit). Each id has a proof, also in
# running text. What fails in a row (an errno, a signal) is named
# by one of its proofs. Where a column is headed "so?", it says what the ledger
# says: "yes" of a true row, "wrong" of a false one, "an opinion" or "advice" of
# a judgement. A row of the ledger that nothing can show (see ledger.sh) needs no
# proof. A table without that column is named in contributing.md by its first
# heading, as one that needs none.
facts() # FILE
{
	awk -F '\t' -v proofs="$tmp/proofs" -v ledger=docs/claims.tsv \
	    -v contributing=docs/contributing.md -v page="$(basename "$1")" '
	function wrong(what) { print "line " FNR ": " what }
	function trim(s) { gsub(/^ +| +$/, "", s); return s }
	function is_test(s,    line, is_there) {
		if (s !~ /^`common\/[a-z\/]+\.sh`$/)
			return 0
		gsub(/`/, "", s)
		is_there = (getline line < s) > 0
		close(s)
		return is_there
	}
	function is_id(s) { return s ~ /^(L[0-9][0-9]-[0-9]+|[0-4]-[0-9]+)$/ }
	# What the page states without a proof: | [page](page) | *name*, ... |
	function read_plain(    line, cell, name, n, i) {
		while ((getline line < contributing) > 0) {
			if (!index(line, "| [" page "]("))
				continue
			split(line, cell, "|")
			n = split(cell[3], name, "*")
			for (i = 2; i <= n; i += 2)
				plain[name[i]] = 1
		}
	}
	function check_so(so, ids,    want, id, n, i) {
		want = so ~ /^yes/ ? "true" : so ~ /^wrong/ ? "false" : \
		       so ~ /^(an opinion|good advice)/ ? "judgement" : ""
		n = split(ids, id, " ")
		for (i = 1; i <= n && want; i++)
			if (verdict[id[i]] == want)
				want = ""
		if (want)
			wrong("the ledger has no " want " row in" ids)
	}
	BEGIN {
		while ((getline < proofs) > 0)
			says[$2] = says[$2] $3 $4
		while ((getline < ledger) > 0) {
			verdict[$1] = $4
			if ($4 == "judgement" || $8 ~ /^n\/a/)
				says[$1] = says[$1]
		}
		read_plain()
	}
	{
		n = split($0, word, /[^A-Za-z0-9-]+/)
		for (i = 1; i <= n; i++)
			if (is_id(word[i]) && !(word[i] in says))
				wrong("no proof of " word[i])
	}
	!/^\|/ { in_table = 0; next }
	!in_table {
		in_table = 1
		cells = split($0, head, "|")
		# Words after the last bar are a comment, such as <!-- -->.
		last = cells - 1
		has_proof = trim(head[last]) == "proof"
		if (!has_proof && !(trim(head[2]) in plain))
			wrong("a table without proofs that contributing.md" \
			      " does not name: " trim(head[2]))
		so = 0
		for (i = 2; i < last; i++)
			if (trim(head[i]) == "so?")
				so = i
		next
	}
	/^\|---/ || !has_proof { next }
	{
		rows++
		if (split($0, cell, "|") != cells) {
			wrong("not as many cells as its heading")
			next
		}
		if (trim(cell[last]) ~ /^not (hit|run) here: ./)
			next
		known = ids = tests = ""
		n = split(cell[last], id, " ")
		for (i = 1; i <= n; i++)
			if (is_id(id[i])) {
				known = known says[id[i]]
				ids = ids " " id[i]
			} else if (is_test(id[i])) {
				tests = tests id[i]
			} else {
				wrong("no id: " id[i])
			}
		if (!ids && !tests)
			wrong("a row without a proof")
		if (so)
			check_so(trim(cell[so]), ids)
		for (i = 2; i < last; i++) {
			if (trim(head[i]) ~ /^(cure|first|raise it)$/)
				continue
			n = split(cell[i], word, /[^A-Za-z0-9_]+/)
			for (k = 1; k <= n; k++)
				if (word[k] ~ /^(E[A-Z][A-Z0-9]+|SIG[A-Z]+)$/ &&
				    !index(known, " " word[k] " "))
					wrong("no proof of it names " word[k])
		}
	}
	END { if (!rows && page !~ /^lesson-h/) print "no row with a proof" }
	' "$1"
}

facts_head='| x | so? | proof |'
told "a row without a proof" 'row without a proof' facts "$facts_head" \
	'|---|---|---|' '| a pipe | yes | |'
told "a word that is no id" 'no id: L1-02' facts "$facts_head" \
	'|---|---|---|' '| a pipe | | L01-02 L1-02 |'
told "a test that is not there" 'no id: .common/t/none.sh' facts \
	"$facts_head" '|---|---|---|' '| a pipe | | `common/t/none.sh` |'
told "an id that no proof has" 'line 3: no proof of L01-99' facts \
	"$facts_head" '|---|---|---|' '| a pipe | | L01-99 |'
told "such an id in running text" 'line 4: no proof of 1-999' \
	facts "$facts_head" '|---|---|---|' '| a pipe | | L01-02 |' \
	'That is so (1-999).'
told "an errno that no proof of the row names" 'names ENOMEM' facts \
	"$facts_head" '|---|---|---|' '| a pipe: `ENOMEM` | | L01-02 |'
told "a signal that no proof of the row names" 'names SIGBUS' facts \
	"$facts_head" '|---|---|---|' '| a pipe: `SIGBUS` | | L01-02 |'
told "a verdict that the ledger does not have" 'no false row in 0-012' facts \
	"$facts_head" '|---|---|---|' '| a pipe | wrong | 0-012 |'
told "a row that is not run, without a reason" 'no id: not' facts \
	"$facts_head" '|---|---|---|' '| a pipe | | not run here |'
told "a row with a cell too many" 'not as many cells' facts \
	"$facts_head" '|---|---|---|' '| a pipe | | | L01-02 |'
told "a table that nobody says is without facts" 'does not name: y' facts \
	"$facts_head" '|---|---|---|' '| a pipe | | L01-02 |' '' '| y | z |' \
	'|---|---|' '| so | it is |'
told "a page without facts" 'no row' facts '# Words'
printf '%s\n' "$facts_head" '|---|---|---|' \
	'| `EPIPE`, `SIGPIPE` | yes | L01-02 0-012 |' \
	'| a command | | `common/t/docs.sh` |' \
	'| another system | | not run here: it is another one |' > "$tmp/page.md"
is "a right page has its facts" "$(facts "$tmp/page.md")" ""
for page in choosing errors limits sysv-vs-posix systems lesson-h memory-order; do
	is "docs/$page.md: each fact has its proof" \
		"$(facts "docs/$page.md")" ""
done

# What stage says of programs that hang, to stand in $tmp/said; each needs
# its own way to hang. See common/stage/t/hostile.c.
make -s -C common/stage all hostile || exit 1
export HOSTILE_TAG="$$." HOSTILE_WHERE="$tmp/where"
: > "$tmp/where"
: > "$tmp/said"
timed() # ACT... with :: between
{
	build/stage -t "$deadline" "$@" > /dev/null 2> "$tmp/hangs"
}
all_wait()
{
	! on_its_way "$(cat "$tmp/hangs")"
}
is_seen_in_state_d()
{
	grep -q 'state D' "$tmp/hangs"
}
hang() # SECONDS ACT... with :: between
{
	first=$1
	shift
	later "$first 4 32" all_wait timed "$@"
	cat "$tmp/hangs" >> "$tmp/said"
}
h=$PWD/build/hostile
at_end '"$h" rm-queues'	# stage cannot list them where nobody mounted them
hang 1 "$h" semop -1 :: "$h" semop 0 :: "$h" msgrcv :: "$h" msgsnd :: \
	"$h" mqueue :: "$h" unnamed :: "$h" named :: "$h" mutex
hang 1 "$h" selfpipe :: "$h" flock :: "$h" fcntl :: "$h" fifo :: \
	"$h" socket :: "$h" wait :: "$h" pause :: "$h" stop
hang 0.5 "$h" call splice :: "$h" call select0
hang 0.5 "$h" eventfd :: "$h" traced
hang 0.5 "$h" dead-sysv
build/stage -t 0.3 "$h" busy > /dev/null 2>> "$tmp/said"
later "0.3 4 32" is_seen_in_state_d timed "$h" vfork
cat "$tmp/hangs" >> "$tmp/said"

# The same of programs that no run of stage has to do with, all in one; why ends
# them.
make -s -C common/why all waits || exit 1
asked() # ACT...
{
	build/why -t "$deadline" -- sh -c 'for act; do build/waits $act & done
		wait' sh "$@" > /dev/null 2> "$tmp/hangs"
}
later "1 4 32" all_wait asked join mutexes twice copy owner-died cond sigwait \
	kept merged children nap poll-time sem-time edge oneshot closed \
	wait-first barrier destroy malloc titled
cat "$tmp/hangs" >> "$tmp/said"
no_signal="only glibc before 2.41 waits there"
! glibc_before 41 || {
	no_signal=
	later "1 4 32" all_wait asked signal
	cat "$tmp/hangs" >> "$tmp/said"
}
deadline=1
asked hung-up closed-busy
cat "$tmp/hangs" >> "$tmp/said"
later "0.5 4 32" all_wait asked message
cat "$tmp/hangs" >> "$tmp/said"
# Those with partners make their files where they are run.
by_partners() # ACT...
{
	(cd "$tmp" && "$top/build/why" -t "$deadline" -- sh -c 'top=$1; shift
		for act; do "$top/build/partners" $act & done; wait' sh "$top" \
		"$@") > /dev/null 2> "$tmp/hangs"
}
top=$PWD
later "1 4 32" all_wait by_partners flock range ofd twice queue lease
cat "$tmp/hangs" >> "$tmp/said"
later "1 4 32" all_wait by_partners stream-read stream-write served queued \
	backlog accept log nameless receiver time-limit tcp-read tcp-write \
	tcp-queued tcp-accept tcp-backlog udp netlink
cat "$tmp/hangs" >> "$tmp/said"
later "0.5 4 32" all_wait by_partners in-message
cat "$tmp/hangs" >> "$tmp/said"
later "1 4 32" all_wait by_partners shared-eventfd timer unset-timer signalfd \
	inotify pidfd epoll screen key typing paste stopped
cat "$tmp/hangs" >> "$tmp/said"

# And of programs in other namespaces.
make -s -C common/why places || exit 1
user=
[ "$(id -u)" -eq 0 ] || user=--map-root-user
in_place() # OPTIONS ACT...
{
	options=$1
	shift
	# shellcheck disable=SC2086 # words
	build/why -t "$deadline" -- $options build/places "$@" > /dev/null \
		2> "$tmp/hangs"
}
no_space=
# shellcheck disable=SC2086 # words
unshare $user --ipc true 2> "$tmp/cannot" || no_space=$(cat "$tmp/cannot")
[ -n "$no_space" ] || {
	later "0.3 4 32" all_wait in_place "unshare $user --ipc" semop
	cat "$tmp/hangs" >> "$tmp/said"
}
later "0.3 4 32" all_wait in_place "" notice 1
cat "$tmp/hangs" >> "$tmp/said"
later "0.3 4 32" all_wait in_place "" late 0
cat "$tmp/hangs" >> "$tmp/said"
later "0.3 4 32" all_wait in_place "" mqueue
cat "$tmp/hangs" >> "$tmp/said"

# Rows "| `sentence` | so | cure |" under that heading, of FILE.
sentences() # FILE
{
	sed -n '/^| the sentence holds/,/^$/s/^| `\([^`]*\)`.*/\1/p' "$1"
}

# <word> stands for any characters but blanks.
pattern() # SENTENCE
{
	printf '%s\n' "$1" |
		sed 's/[][\\.*+?(){}|^$]/\\&/g; s/<[a-z]*>/[^ ]+/g'
}

sentences docs/when-it-hangs.md > "$tmp/sentences"
ok "docs/when-it-hangs.md quotes sentences" test -s "$tmp/sentences"
while read -r sentence; do
	case $sentence in
	*'IPC namespace'*) lacks=$no_space ;;
	*'in pthread_cond_signal()'*) lacks=$no_signal ;;
	*) lacks= ;;
	esac
	[ -z "$lacks" ] || {
		skip "stage says: $sentence" "$lacks"
		continue
	}
	like "stage says: $sentence" "$(cat "$tmp/said")" \
		"$(pattern "$sentence")"
done < "$tmp/sentences"
unlike "a sentence that it does not say is noticed" "$(cat "$tmp/said")" \
	"$(pattern 'is blocked in read() on fd <n>, a hose')"

# A loop that waits for what make why says never ends where it may say no more
# than that this user may not look. Prints the loops of FILE...
loops() # FILE...
{
	grep -nE '^[$] *(until|while).*(make|stage) why' "$@"
}

is "no page waits in a loop for what make why says" \
	"$(loops docs/*.md lessons/*/README.md exercises/*/*/README.md \
		solutions/*/*/README.md)" ""
# shellcheck disable=SC2016 # the page says so
printf '%s\n' '$ until make why PID=$! | grep read; do :; done' \
	> "$tmp/page.md"
like "such a loop is noticed" "$(loops "$tmp/page.md")" '^1:'

# Who copies a loop that looks for what a program does wants it to end when the
# program has ended. Prints the loops of FILE... that do not ask for that.
endless() # FILE...
{
	grep -nE '^[$].*(until|while) .*; do :; done' "$@" |
		grep -v 'while kill -0 [$]! && '
}

is "no page looks on after the program has ended" \
	"$(endless docs/*.md lessons/*/README.md exercises/*/*/*.md \
		solutions/*/*/README.md)" ""
# shellcheck disable=SC2016 # the page says so
printf '%s\n' '$ until grep -q S /proc/$!/status; do :; done' > "$tmp/page.md"
like "one that does is noticed" "$(endless "$tmp/page.md")" '^1:'

# Each lesson that one page has, the other has too.
sed -n 's/^## [0-9][0-9] .*(\(.*\)).*/\1/p' docs/errors.md |
while read -r lesson; do
	grep -q "(${lesson}README.md#when-it-hangs" docs/when-it-hangs.md ||
		echo "$lesson"
done > "$tmp/unlinked"
is "docs/when-it-hangs.md links each lesson's part" "$(cat "$tmp/unlinked")" ""
finish
