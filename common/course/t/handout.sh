#!/bin/sh
# handout.sh - a part of the course for students, and what they hand in
#
# It is made, copied to another place, and used there by an ordinary user. With
# FULL=1 she builds the tools herself; else they are those of this course, and make
# says only that it could build them.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
course=$(pwd -P)
hand=$tmp/hand
mkdir "$hand" || exit 1

handout() # NAME=VALUE...
{
	make -s handout "$@" 2>&1
}

# ------------------------------------------------------------- bad requests
refused() # NAME REGEX NAME=VALUE...
{
	refused_name=$1 refused_like=$2
	shift 2
	refused_said=$(handout "$@")
	refused_status=$?
	isnt "$refused_name: refused" $refused_status 0
	like "$refused_name: says what to do" "$refused_said" "$refused_like"
}
no=$hand/refused
refused "no exercise" "Which exercises\? make handout EX='" OUT="$no"
refused "no folder" 'Into which folder\? make handout EX=' EX=pipeline
refused "a typo" "no exercise 'pipelin'; did you mean: pipeline\?" \
	EX='close-the-ends pipelin' OUT="$no"
refused "no name" "no exercise '\.\*'" EX='.*' OUT="$no"
refused "no date" "DUE='someday' is no date" EX=pipeline OUT="$no" DUE=someday
refused "no seed" 'SEED=-1 is no number from 0 to 999999' EX=pipeline \
	OUT="$no" SEED=-1
refused "no such lesson" 'There is no lesson 77' EX=pipeline OUT="$no" \
	LESSONS='01 77'
refused "a lesson's number in full" "'1' is no number of two digits" \
	EX=pipeline OUT="$no" LESSONS=1
refused "hints of some kind" 'HINTS=some: say HINTS=no' EX=pipeline \
	OUT="$no" HINTS=some
refused "a repository perhaps" 'GIT=perhaps: say GIT=1' EX=pipeline \
	OUT="$no" GIT=perhaps
refused "into nowhere" "There is no folder $hand/nowhere" EX=pipeline \
	OUT="$hand/nowhere/x"
mkdir "$hand/full"
echo mine > "$hand/full/file"
refused "a folder that is not empty" 'is there already, and not empty' \
	EX=pipeline OUT="$hand/full"
is "it is as it was" "$(cat "$hand/full"/*)" mine
is "nothing else was made" "$(ls -A "$hand")" full
rm -r "$hand/full"

# -------------------------------------------------------------- what is made
exercises='01-pipe/what-a-pipe-keeps 01-pipe/close-the-ends
06-sysv-shared-memory/lost-update'
# What lies in the course of an instructor does not matter.
said=$(handout EX='lost-update close-the-ends 01-pipe/what-a-pipe-keeps' \
	OUT="$hand/week1" DUE='2030-12-01 23:59' SEED=7 GIT=1 LESSONS=00)
like "it is made" "$said" "week1: 3 exercises, 4 lessons$"
like "the day is told with its zone" "$said" \
	'until Sunday, 1 December 2030, 23:59 UTC[+-][0-9:]+$'
is "nothing lies beside it" "$(ls -A "$hand")" week1
cd "$hand/week1" || exit 1
is "the exercises in the order of the course" "$(grep -v '^#' exercises/order)" \
	"$(printf '%s\n' $exercises)"
is "no others" "$(ls -d exercises/*/*/ | wc -l)" 3
is "the lessons that they stand on, and what was asked for" \
	"$(ls lessons | tr '\n' ' ')" \
	"00-two-processes 01-pipe 06-sysv-shared-memory 08-sysv-semaphore "
is "the folder is everybody's to read" "$(find . ! -type l ! -perm -444)" ""
is "no tests, no solutions, no tools of ours" "$(find . -name solutions -o \
	-name t -o -name wrong -o -name also -o -name survivors -o \
	-name 'dev-*' -o -name grade -o -name handout.awk |
	grep -v '^./common/bench/t$')" ""

# Neither as a whole file nor line by line.
find . -type f ! -path './.git/*' ! -size 0 -exec sha256sum {} + |
	cut -c 1-64 | sort -u > "$tmp/sums"
leaked()
{
	(cd "$course" && find solutions -type f ! -size 0 -exec sha256sum {} +) |
		while read -r sum path; do
			case $path in
			solutions/01-pipe/what-a-pipe-keeps/tube.c) continue ;;
			esac
			! grep -qx "$sum" "$tmp/sums" || echo "$path"
		done
}
is "no file is one of solutions/" "$(leaked)" ""
# The lines of an answer of EXERCISE that its starter lacks, and that somebody
# could copy. What the hints say in words is no secret.
own_lines() # EXERCISE
{
	file=$(common/course/course program "$1")
	case $file in
	*.c) least=8 ;;
	*) least=3 ;;
	esac
	awk -v want=solution -f common/course/cut.awk \
		"$course/solutions/$1/$file" | sed 's/^[ 	]*//' |
		grep -E ".{$least}" | sort -u > "$tmp/answer"
	sed 's/^[ 	]*//' "starters/$1/$file" | sort -u > "$tmp/start"
	comm -23 "$tmp/answer" "$tmp/start"
}
for e in $exercises; do
	own_lines "$e" > "$tmp/own"
	ok "$e: its answer has lines of its own" test -s "$tmp/own"
	is "$e: no line of its answer is here" "$(find "exercises/$e" \
		"starters/$e" README.md -type f ! -name hints.md \
		! -name check.c -exec sed 's/^[ 	]*//' {} + |
		grep -xF -f "$tmp/own")" ""
done
cp "$course/solutions/01-pipe/close-the-ends/count.c" exercises/01-pipe
find . -type f ! -path './.git/*' ! -size 0 -exec sha256sum {} + |
	cut -c 1-64 | sort -u > "$tmp/sums"
is "a solution would be found" "$(leaked)" solutions/01-pipe/close-the-ends/count.c
rm exercises/01-pipe/count.c

# ------------------------------------------- what its pages and its make say
pages=$(find . -name '*.md' | sed 's,^\./,,' | sort)
# shellcheck disable=SC2086
LC_ALL=C awk -f "$course/common/t/links.awk" $pages > "$tmp/links"
dead()
{
	grep '^link ' "$tmp/links" | grep -v ' [a-z][a-z]*:[^ ]*$' |
		while read -r _ page line target; do
			file=${target%%#*}
			dir=$(dirname "$page")
			[ -z "$file" ] || [ -e "$dir/$file" ] ||
				echo "$page:$line: $target"
		done
}
is "each link leads to something" "$(dead)" ""
like "there are links" "$(cat "$tmp/links")" '^link README.md .*close-the-ends'
is "no page speaks of solutions" "$(grep -ln 'make solution' $pages)" ""
is "no hint is empty" "$(for f in exercises/*/*/hints.md; do
	awk '/^## / { if (n++ && !said) print FILENAME; said = 0; next }
		NF { said = 1 } END { if (!said) print FILENAME }' "$f"
	done)" ""
is "each command of its help is known" "$({ make help; make help-dev; } |
	sed -n 's/^  make \([a-z-]*[a-z]\).*/\1/p' | grep -v '^trace$' |
	while read -r goal; do
		grep -qE "^([a-z -]* )?${goal}[: ]|=${goal}-%" Makefile ||
			echo "$goal"
	done)" ""
is "its help fits a screen" "$(make help | awk 'length > 79
	END { if (NR > 23) print NR }')" ""
for goal in lint dev-check cheats test-01; do
	like "make $goal is no command of it" "$(make $goal 2>&1)" \
		"^make does not know '$goal'"
done
like "its page says until when" "$(cat README.md)" \
	'^\*\*Hand in until\*\*: Sunday, 1 December 2030'
is "its page has lines of at most 80 columns" \
	"$(grep -v '^|' README.md | awk 'length > 80')" ""

# --------------------------------------------------------- its repository
if command -v git > /dev/null; then
	git() { command git -c safe.directory='*' "$@"; }
	is "one commit" "$(git rev-list --all --count)" 1
	is "of nobody's" "$(git log --format='%an %ae %cn %ce' )" \
		"IPC Lessons ipc-lessons@localhost IPC Lessons ipc-lessons@localhost"
	is "all of it is in" "$(git status --porcelain)" ""
	is "nothing tells where it was made" "$(grep -rlF -e "$course" \
		-e "$hand" .)" ""
fi

# ------------------------------------------------- in another place, a student
away=$(mktemp -d /tmp/handout.XXXXXXXXXX) || exit 1
at_end "rm -rf '$away'"
cp -R "$hand/week1" "$away/mine" || exit 1
rm -rf "$hand/week1"
cd "$away/mine" || exit 1
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
	chmod 755 "$away"
	chown -R 65534:65534 .
	she() # COMMAND...
	{
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			env HOME="$away" TMPDIR=/tmp "$@"
	}
else
	she() { "$@"; }
fi
if [ -n "${FULL:-}" ]; then
	said=$(she make course build/why build/trace build/show build/quiz \
		build/bench 2>&1)
	is "the tools are built without a word" "$said" ""
else
	said=$(she make -n -B course build/why build/trace build/show \
		build/bench 2>&1)
	is "all is there that the tools are built from" $? 0
	like "which is a lot" "$said" 'stage-keeper\.o'
	mkdir -p build
	find "$course/build" -maxdepth 1 -type f -exec cp -p {} build \;
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 build
fi
out=$(she make 2>&1)
like "make says until when" "$out" '^To be handed in until Sunday, 1 Dec'
like "and where she is" "$out" '^You are at  What a pipe keeps'
like "make list has three" "$(she make list)" '0 of 3 exercises passed'
like "a page of questions is checked" "$(she make check 2>&1)" \
	'question 1 has no answer yet'
page=exercises/01-pipe/what-a-pipe-keeps
sed -i 's/printf(/printf("lie ") + printf(/' $page/tube.c
awk -v want=solution -f common/course/cut.awk \
	"$course/solutions/01-pipe/what-a-pipe-keeps/answers.txt" \
	> $page/answers.txt
out=$(she make check 2>&1)
is "with the answers it passes, whatever became of the program" $? 0
like "then it says how to hand in" "$out" 'make submit EX=what-a-pipe-keeps'
unlike "and speaks of no solution" "$out" solution
like "make solution: there is none" "$(she make solution 2>&1)" \
	'^This copy has no solutions'
like "make update: not from here" "$(she make update 2>&1)" \
	'comes from your instructor$'
like "make reset puts the page back" "$(she make reset YES=1 \
	EX=what-a-pipe-keeps 2>&1)" 'is back at the start\.$'
ok "and the program" cmp -s $page/tube.c \
	"$course/solutions/01-pipe/what-a-pipe-keeps/tube.c"
like "make hint" "$(she make hint EX=lost-update)" '^Hint 1 of 3'
like "make 01" "$(she make 01 2>&1)" '^camp +\| the scout is back'
# shellcheck disable=SC2016 # for that shell
like "make why" "$(she sh -c 'make why PID=$$; :' 2>&1)" '^sh .*wait'
like "make doctor" "$(she make doctor 2>&1)" 'IPC Lessons'
ends=exercises/01-pipe/close-the-ends
out=$(she make check EX=close-the-ends 2>&1)
isnt "the starter fails" $? 0
like "with the seed that was chosen" "$out" 'SEED=7$'
like "but another one is hers to take" \
	"$(she make check EX=close-the-ends SEED=8 2>&1)" 'SEED=8$'

# ------------------------------------------------------------------ hand in
submit() # NAME=VALUE...
{
	she make submit "$@" 2>&1
}
out=$(submit EX=close-the-ends STUDENT=ann)
like "what fails may be handed in, too" "$out" '^It does not pass yet\. You may'
like "the file is named" "$out" '^  build/submit/ann-close-the-ends\.tar\.gz$'
packed=build/submit/ann-close-the-ends.tar.gz
is "in it is what is asked for" "$(tar -tf $packed | tr '\n' ' ')" \
	"$ends/count.c verdict.json "
is "owned by nobody here" "$(tar --numeric-owner -tvf $packed |
	awk '$2 != "0/0"')" ""
inside() # MEMBER
{
	tar -xOf $packed "$1"
}
like "the verdict" "$(inside verdict.json)" '"verdict": "fail",'
like "the seed" "$(inside verdict.json)" '"seed": 7,'
like "the points" "$(inside verdict.json)" '"of": 12,'
awk -v want=solution -f common/course/cut.awk \
	"$course/solutions/01-pipe/close-the-ends/count.c" > $ends/count.c
out=$(submit EX=close-the-ends STUDENT=ann)
is "with our answer it passes" $? 0
unlike "and no word of a failure" "$out" 'not pass'
like "the verdict then" "$(inside verdict.json)" '"verdict": "pass",'
like "the points then" "$(inside verdict.json)" '"points": 12,'
ok "the file is hers" sh -c "tar -xOf $packed $ends/count.c |
	cmp -s - $ends/count.c"
if command -v jq > /dev/null; then
	ok "it is JSON" sh -c "tar -xOf $packed verdict.json | jq -e . > /dev/null"
else
	skip "it is JSON" "there is no jq; apt-get install jq"
fi
echo 'int main(void) { return oops; }' > $ends/count.c
like "what does not compile may be handed in" \
	"$(submit EX=close-the-ends STUDENT=ann)" '^Hand in this file:'
like "its verdict has no points" "$(inside verdict.json)" '"points": null,'
like "a name that is none" "$(submit EX=close-the-ends STUDENT=../x)" \
	"^STUDENT='../x' cannot stand"
rm $ends/count.c
like "no file" "$(submit EX=close-the-ends)" 'is not there; make reset EX='
ln -s /etc/passwd $ends/count.c
like "a link" "$(submit EX=close-the-ends)" 'is a link: put a file'
is "scratch folders are gone" "$(ls -A build/submit)" ann-close-the-ends.tar.gz

# ------------------------------------------------ the other forms, and hints
cd "$course" || exit 1
handout EX=pipeline OUT="$hand/a" TAR=1 HINTS=no SEED=each GIT=1 > "$tmp/said"
handout EX=pipeline OUT="$hand/b.tar.gz" TAR=1 HINTS=no SEED=each > /dev/null
is "TAR=1: two files" "$(ls -A "$hand" | tr '\n' ' ')" "a.tar.gz b.tar.gz "
like "a file that is there" "$(handout EX=pipeline OUT="$hand/a" TAR=1)" \
	'a.tar.gz is there already'
mkdir "$tmp/again" && mv "$hand/b.tar.gz" "$tmp/again" &&
	handout EX=pipeline OUT="$hand/b" TAR=1 HINTS=no SEED=each > /dev/null
ok "the same again, byte for byte" cmp "$hand/b.tar.gz" "$tmp/again/b.tar.gz"
tar -xf "$hand/a.tar.gz" -C "$away" && cd "$away/a" || exit 1
is "HINTS=no: there are none" "$(find . -name hints.md)" ""
is "HINTS=no: the page names none" "$(grep hint README.md)" ""
unlike "HINTS=no: nor does make" "$(make)" 'make hint'
like "HINTS=no: make hint says so" "$(make hint 2>&1)" '^This copy has no hints'
seed_of() # UID
{
	setpriv --reuid "$1" --clear-groups common/course/course seed
}
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
	isnt "SEED=each: two students, two numbers" "$(seed_of 65534)" "$(seed_of 1)"
	like "SEED=each: a number" "$(seed_of 1)" '^[0-9]+$'
	is "SEED=each: the same each time" "$(seed_of 1)" "$(seed_of 1)"
else
	like "SEED=each: a number" "$(common/course/course seed)" '^[0-9]+$'
fi
is "SEED=N goes before it" "$(SEED=3 common/course/course seed)" 3
finish
