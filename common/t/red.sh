#!/bin/sh
# red.sh - does each test go red when what it guards is broken?
#
# Works on a copy of the course. Each case breaks one thing, runs the test
# that should notice, and looks for the place in what it says.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

copy_course "$tmp/course" docs lessons/README.md lessons/01-pipe lessons/02-fifo \
	lessons/09-wait-for-zero
cd "$tmp/course" || exit 1

# Break FILE by the sed SCRIPT: TEST says REGEX in a "not ok" block.
red() # NAME FILE SCRIPT REGEX TEST...
{
	name=$1 file=$2 script=$3 regex=$4
	shift 4
	while_broken "$name" "$file" "$script" goes_red "$@"
}

goes_red() # TEST...
{
	: > "$tmp/out"
	lesson=${file#lessons/}
	lesson=lessons/${lesson%%/*}
	case $1:$file in	# only what is built from it, and is run
	*/contract.sh:*) ;;
	*/claims.c) make -s -C "$lesson" claims > "$tmp/out" 2>&1 ;;
	*.c) make -s -C "$lesson" > "$tmp/out" 2>&1 ;;
	esac
	"$@" >> "$tmp/out" 2>&1
	status=$?
	like "$name: red, and names the place" \
		"$(grep -A 60 '^not ok' "$tmp/out")" "$regex"
	ok "$name: and the status says so" test $status -ne 0
}

CFLAGS=-O0		# whatever is red is so without optimizing, too
export CFLAGS
# Most cases break lesson 01, and its part of a test shows it.
export LESSON=01
one=lessons/01-pipe
red "a broken proof" $one/claims.c \
	's/EQUALS(PIPE_BUF, 4096)/EQUALS(PIPE_BUF, 4097)/' \
	'claims.c:[0-9]+: .*4096, not 4097' $one/claims
red "a changed transcript" $one/README.md \
	's/^camp     | end-of-file: nobody/camp     | end-of-file: somebody/' \
	'01-pipe/README.md:[0-9]+: make 01' common/t/transcripts.sh
red "a listing that has drifted" $one/README.md \
	's/has ended the wait. No byte/has ended the report. No byte/' \
	'01-pipe/README.md:[0-9]+' common/t/listings.sh
red "a wrong prototype" $one/README.md 's/^int pipe(int pipefd\[2\]);/long pipe(int pipefd[2]);/' \
	'01-pipe/README.md:[0-9]+' common/t/listings.sh
red "a citation of no row" $one/sources.md 's/2-040 |/2-940 |/' \
	'01 cite 2-940, which is no row' common/t/ledger.sh
red "a row that is neither proven nor named" $one/claims.c \
	's/"2-031 2-032"/"2-031"/' \
	'row 2-032 .*is only named' common/t/ledger.sh
red "a proof of no row" $one/claims.c 's/"2-031 2-032"/"2-031 2-032 2-999"/' \
	'a proof names 2-999' common/t/ledger.sh
red "an own claim that no note cites" $one/claims.c 's/"L01-08"/"L01-98"/' \
	'own claim L01-98 is not cited' common/t/ledger.sh
red "a page that a Makefile names as notes" $one/Makefile \
	'$a NOTES = ../README.md' \
	'01 cite L00-01, which nothing proves' common/t/ledger.sh
red "a row twice in the ledger" docs/claims.tsv '5p' \
	'got: [0-9]-[0-9]+' common/t/ledger.sh
red "a dead link" $one/README.md 's,(../02-fifo/),(../02-fifi/),' \
	'01-pipe/README.md:[0-9]+: ../02-fifi/' common/t/links.sh
red "a heading that is gone" lessons/README.md 's/#where-they/#where-them/' \
	'lessons/README.md:[0-9]+: .*#where-them' common/t/links.sh
red "a sleep" $one/camp.c 's/^	rest = read_report/	sleep(1); &/' \
	'camp.c:[0-9]+: a sleep' common/t/contract.sh
red "an end that is not closed" $one/camp.c \
	'/^	\/\/ The camp never writes/,/read_report/s/close(fd\[1\])/dup(fd[1])/' \
	'01-pipe' common/t/transcripts.sh
export LESSON=09
nine=lessons/09-wait-for-zero
red "a section that is missing" $nine/README.md '/^## Check yourself/d' \
	'has its parts in order' common/t/contract.sh
red "an experiment that no Makefile names" $nine/Makefile 's/ zcount//' \
	'names its experiments' common/t/contract.sh
red "a pair that looks and yields" $nine/lorry.c 's/^	say(/	sched_yield(); &/' \
	'lorry.c:[0-9]+:.*a loop that looks' common/t/contract.sh
red "an experiment's transcript" $nine/README.md \
	's/^zcount   | nobody sleeps/zcount   | nobody is here/' \
	'09-wait-for-zero/README.md:[0-9]+: make 09-zcount' \
	common/t/transcripts.sh
red "a program that dies of a stop and a continue" $nine/depot.c \
	's/errno != EINTR/errno != EPERM/' \
	'PAUSE@[0-9]+:depot: status' common/t/sweep.sh
export LESSON=02
red "a clean-up that is forgotten" lessons/02-fifo/ferry.c \
	's/^\(.*\)remove_at_end(.*/\1;/' \
	'FIFO|ipc-lessons' common/t/cleanup.sh
finish
