#!/bin/sh
# front.sh - the front door: what a newcomer types, and what goes wrong
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

like "make says where to start" "$(make 2>&1)" 'make (tour|01)'
# Its lines are at most 80 columns wide, and the prompt's line is the 24th.
fits() # NAME TEXT
{
	ok "$1 fits a screen" test "$(printf '%s\n' "$2" | wc -l)" -le 23
	is "$1: no line is too wide" \
		"$(printf '%s\n' "$2" | awk 'length > 79')" ""
}
like "make help lists the targets" "$(make help 2>&1)" 'make clean-ipc'
fits "make" "$(make 2>&1)"
fits "make help" "$(make help 2>&1)"
like "make help leads to the rest" "$(make help 2>&1)" \
	'make help-dev .*'
like "and to what teachers need" "$(make help 2>&1)" 'make help-class'
fits "make help-class" "$(make help-class 2>&1)"
like "make help-class is there" "$(make help-class 2>&1)" 'make demo-NN'
like "make help-dev has it" "$(make help-dev 2>&1)" 'make dev-check'
like "make ends with where you are" "$(make 2>&1 | tail -n 6)" '^You are at '
like "make shows the version" "$(make 2>&1)" "IPC Lessons $(cat VERSION)"
like "so does make doctor, for a report" "$(make doctor 2>&1)" \
	"IPC Lessons $(cat VERSION)"
like "an experiment is played by its name" "$(make 09-zcount 2>&1)" \
	'^zcount +\| nobody sleeps'
like "one that is not there: those that are" "$(make 09-zcuont 2>&1)" \
	'^Lesson 09 has no experiment of that name; it has: .*09-zcount'
# No lesson is without any, but for one that is just being written.
copy_course "$tmp/new" lessons/09-wait-for-zero
rm -r "$tmp/new/lessons/09-wait-for-zero/experiments"
like "a lesson without any says so" "$(make -C "$tmp/new" 09-zcount 2>&1)" \
	'^Lesson 09 has no experiments'
# On a pipe a lesson prints the pair alone; on a terminal what else is there.
is "make 09 on a pipe is the pair's alone" \
	"$(make 09 | grep -v '^depot\|^lorry')" ""
if command -v script > /dev/null 2>&1; then
	said=$(script -qec 'make 09' /dev/null < /dev/null | tr -d '\r')
	like "on a terminal it lists the experiments" "$said" \
		'^  make 09-barrier .*three walkers meet'
	is "each in lines of at most 80 columns" \
		"$(printf '%s\n' "$said" | awk 'length > 80')" ""
	like "one that needs two lines has both" "$said" \
		'^ {20}.*how many want to take$'
	like "and the notes" "$said" '^  notes: +lessons/09-wait-for-zero/README'
	like "and the first exercise" "$said" \
		'^  exercise: +make check EX=barrier$'
	# The tour: 01 at once, the next after Enter, and q ends it. Each answer
	# waits for its question, as a person does. A tour that asks once more
	# in spite of the q is ended by Ctrl-C, and any other by the time limit.
	mkfifo "$tmp/keys"
	: > "$tmp/typescript"
	{
		timeout 60 script -qefc 'make -s tour' "$tmp/typescript" \
			< "$tmp/keys" > /dev/null 2>&1
		echo $? > "$tmp/ended"
	} &
	exec 8> "$tmp/keys"
	asked() # HOW_OFTEN
	{
		[ -s "$tmp/ended" ] ||
			[ "$(grep -c 'Enter plays it' "$tmp/typescript")" -ge "$1" ]
	}
	until_true asked 1
	echo >&8
	until_true asked 2
	echo q >&8
	until_true asked 3
	[ -s "$tmp/ended" ] || printf '\003' >&8
	exec 8>&-
	wait
	is "a tour that was ended is no failure" "$(cat "$tmp/ended")" 0
	said=$(tr -d '\r' < "$tmp/typescript")
	is "on a terminal the tour asks before each next lesson" \
		"$(echo "$said" | sed -n 's/^=== \([0-9]*\).*/\1/p' | xargs)" \
		"01 00 02"
	like "it asks what will happen" "$said" '^Stop and think'
	is "it plays lesson 01 unasked, the next after Enter, none after q" \
		"$(echo "$said" | grep -o '^camp \|^captain \|^ferry \|^Enter' |
			uniq | xargs)" "camp Enter captain Enter"
	like "it says where the notes are" "$said" \
		'^    notes: lessons/01-pipe/README.md$'
	like "and which lesson would be the next" "$said" 'make 02'
else
	skip "make 09 on a terminal" "there is no script(1) here"
fi

out=$(make 99 2>&1)
like "an unknown lesson is told which there are" "$out" \
	'^There is no lesson 99: they are 00 to [0-9]+'
is "in one line, and make's own" "$(echo "$out" | wc -l)" 2
like "so do its claims" "$(make claims-99 2>&1)" "no lesson 99"
like "an unknown word is named" "$(make moon 2>&1)" "make does not know 'moon'"
like "two letters that changed places" "$(make chekc 2>&1)" \
	"did you mean: make check(, make [a-z-]+){0,2}$"
like "one letter too few" "$(make claim-01 2>&1)" "did you mean: make claims-01"
like "a quiz of a lesson that is not there" "$(make quiz-99 2>&1)" "no lesson 99"
like "show wants to know which sentence" "$(make show 2>&1)" \
	'make show ID=L09-07'
like "one digit for two" "$(make 1 2>&1)" \
	"two digits: make 01, make claims-01, make trace-01$"
like "never more than three" "$(make 77 claims-77 2>&1)" \
	"Near it: make [0-9]+, make [0-9]+, make [0-9]+$"
like "also behind a word" "$(make trace-1 2>&1)" "two digits: make trace-01"
long=$(printf '%0500d' 0 | tr 0 x)
for bad in 99 moon "it's" "$long" '9 9'; do
	ok "two lines of a screen at most: make $(echo "$bad" | cut -c 1-9)" \
		test "$(make "$bad" 2>&1 | grep -v '^make: ' | wc -c)" -le 160
done
for there in lessons exercises solutions docs common README.md lessons/01-pipe/
do
	like "what is there is not called up to date: $there" \
		"$(make "$there" 2>&1)" "^${there%/} is a (file|folder): "
done
like "why wants to know which process" "$(make why 2>&1)" 'make why PID=N'

exercises=$(grep -vc '^#' exercises/order)
like "README counts the exercises" "$(cat README.md)" \
	"^- \*\*Exercises .* $exercises of them"

# A fresh copy, as git has it, so that nothing is built.
fresh() # TO
{
	mkdir "$1"
	# A file that is gone, but not yet for git, stands in both of its lists.
	{
		git ls-files -co --exclude-standard 2> /dev/null ||
			find . -type f -not -path './.git/*'
		git ls-files -d 2> /dev/null
	} | sort | uniq -u | tar -cf - -T - | tar -xf - -C "$1"
	rm -rf "$1/build"
}
fresh "$tmp/fresh"
make -s -C "$tmp/fresh" clean > /dev/null	# without git: all files came

out=$(make -C "$tmp/fresh" CC=no-such-compiler tour 2>&1)
like "a missing compiler is named, with the cure" "$out" \
	"no C compiler 'no-such-compiler'.*apt-get install gcc"
out=$(make -C "$tmp/fresh/lessons/01-pipe" CC=no-such-compiler 2>&1)
like "in a lesson's folder too" "$out" "no C compiler"
is "and that is not followed by a stack of errors" \
	"$(echo "$out" | grep -vc '^make')" 1

# That they compile is for contract.sh. This compiler looks whether all that it
# is asked to compile is there, and all that this includes.
cat > "$tmp/looks" <<'EOF'
#!/bin/sh
for word; do
	case $word in
	*.c) printf '%s\n' "$word" ;;
	esac
done | awk '
function look(file,    line, part, there) {
	if (file in seen)
		return
	seen[file] = 1
	while ((there = getline line < file) > 0)
		if (line ~ /^#include "/) {
			split(line, part, "\"")
			look(folder(file) part[2])
		}
	if (there < 0)
		print file " is not there" > "/dev/stderr"
	close(file)
}
function folder(file) {
	return match(file, /.*\//) ? substr(file, 1, RLENGTH) : ""
}
{ look($0); n++ }
END { if (!n) print "there is nothing to compile" > "/dev/stderr" }'
EOF
chmod +x "$tmp/looks"
for dir in "$tmp/fresh"/lessons/[0-9][0-9]-*/README.md; do
	dir=${dir%/README.md}
	name=${dir##*/}
	is "plain make in $name finds all that it needs" \
		"$(make -s -C "$dir" CC="$tmp/looks" 2>&1)" ""
done
ok "building a lesson does not build stage" test ! -e "$tmp/fresh/build/stage"

out=$(make -j2 -C "$tmp/fresh" CFLAGS=-O0 01 2>&1)
like "make -j2 01 plays from nothing" "$out" '^camp +\| end-of-file'
like "clean-ipc says what it did" "$(make -C "$tmp/fresh" clean-ipc 2>&1)" \
	'[0-9]+ objects? of this course removed'
is "make clean leaves no built file" \
	"$(make -s -C "$tmp/fresh" clean >/dev/null
	   find "$tmp/fresh" -type f -perm -u+x -exec sh -c \
		'head -c 4 "$1" | grep -q ELF && echo "$1"' - {} \;)" ""

# Read-only: as root only a mount is, and that needs a namespace.
if [ "$(id -u)" != 0 ]; then
	chmod -R a-w "$tmp/fresh"
	out=$(make -C "$tmp/fresh" 01 2>&1)
	chmod -R u+w "$tmp/fresh"
	like "a read-only checkout is named, with the cure" "$out" \
		'read-only: copy the course'
elif unshare -m true 2>/dev/null; then
	out=$(unshare -m sh -c "mount --bind '$tmp/fresh' '$tmp/fresh' &&
		mount -o remount,ro,bind '$tmp/fresh' &&
		make -C '$tmp/fresh' 01" 2>&1)
	like "a read-only checkout is named, with the cure" "$out" \
		'read-only: copy the course'
else
	skip "a read-only checkout is named" "no mount namespaces here"
fi

out=$(make doctor 2>&1)
like "the doctor looks at the queues" "$out" '^(ok|no) +POSIX queues'
like "and at namespaces" "$out" '^(ok|no) +private namespaces'
finish
