#!/bin/sh
# grade.sh - a batch: is each verdict the one that is due, whatever the neighbours
# do; is it the same when it was killed and goes on; is only what changed graded
# again?
cd "$(dirname "$0")/../../.." || exit 1
. common/grade/t/setup
ex=00-start/first-check file=greet.c
sol=solutions/$ex

# ------------------------------------------------------------ hostile neighbours

hand_in honest $sol/greet.c
common/course/answer $sol/wrong/usage-on-stdout.patch > "$tmp/partly.c"
hand_in partly "$tmp/partly.c"
# All kinds there are: make hostile. These are those whose words are looked at.
hostile='forges hang'
has_box && hostile="$hostile includes-neighbour reads-neighbour"
for name in $hostile; do
	common/grade/t/lay "$name" "$tmp/kind" \
		"$subs/honest/exercises/$ex/$file"
	hand_in "$name" "$tmp/kind"
done
before=$(sha256sum "$subs/honest/exercises/$ex/$file")
grade SEED=7
is "the honest one has all points" "$(of honest '[.points, .of]')" "[5,5]"
like "who is partly right has some" "$(of partly .points)" '^[1-4]$'
is "so all were graded" $status 0
for name in $hostile; do
	case $name in
	includes-*) want=does-not-compile ;;
	*) want=fail ;;
	esac
	is "$name" "$(of "$name" '.exercises[0].status')" $want
	is "$name: no point" "$(of "$name" .points)" 0
done
unlike "nobody sees the neighbour, or a user of the system" \
	"$(grep -v "\"id\":\"$(id_of honest)\"" "$out/grades.jsonl")" \
	'hello, %s|root:'
is "nothing was written where it does not belong" \
	"$(sha256sum "$subs/honest/exercises/$ex/$file")" "$before"
like "the report says what did not end" "$(cat "$out/report.md")" \
	"^- $(id_of hang) $ex: hello"
is "results are their owner's" "$(find "$out" -perm /077)" ""
# Not the words of whoever was told the neighbour's name by this test: what she
# says on stderr before she is ended may be the line with that path.
unlike "and name nobody but by an id" "$(grep -rE 'honest|partly' "$out" |
	sed 's,/class/honest/,,g')" 'honest|partly'
together=$(jq -Sc . "$out/results/$(id_of honest)"/*/"$ex.json")
mkdir "$tmp/alone"
mv "$subs/honest" "$tmp/alone"
grade SUBMISSIONS="$tmp/alone" OUT="$tmp/out.alone" SEED=7
is "alone she gets the same, byte for byte" \
	"$(jq -Sc . "$tmp/out.alone/results/$(id_of honest)"/*/"$ex.json")" \
	"$together"
mv "$tmp/alone/honest" "$subs"

# ------------------------------------------------------------ again

when()
{
	find "$out/results" -name '*.json' ! -name '*.timing.json' \
		-newer "$tmp/mark" | sort
}
rm -rf "$subs"/[!hp]* "$subs/hang"
: > "$tmp/mark"
grade
is "what has not changed is not graded again" "$(when)" ""
echo '/* later */' >> "$subs/partly/exercises/$ex/$file"
grade
is "what has changed is" "$(when | grep -c .)" 1
like "that one" "$(when)" "$(id_of partly)"
: > "$tmp/mark"
grade SEED=8
is "with another seed all are" "$(when | grep -c .)" 2
is "the seed is kept" "$(jq .seed "$out/batch.json")" 8
is "and stands in the record" "$(of honest '.exercises[0].grader.seed')" 8
: > "$tmp/mark"
grade ONLY=usage
is "a check alone is made again for all" "$(when | grep -c .)" 2
is "and the others' points stay" "$(of honest '[.points, .of]')" "[5,5]"
grade SEED=each
isnt "each her own seed" "$(of honest '.exercises[0].grader.seed')" \
	"$(of partly '.exercises[0].grader.seed')"
OUT=$out ID=$(id_of partly) common/grade/explain > "$tmp/explained"
like "a grade is explained" "$(cat "$tmp/explained")" \
	'^  checker    sha256 [0-9a-f]{64}$'
like "with the command that repeats it" "$(cat "$tmp/explained")" \
	"SEED=$(of partly '.exercises[0].grader.seed') "

# ------------------------------------------------------------ several attempts

rm -rf "${subs:?}"/*
hand_in 'ann~1' $sol/greet.c
hand_in 'ann~2' "$tmp/partly.c"
touch -d '2026-01-01 10:00 UTC' "$subs/ann~1/exercises/$ex/$file"
touch -d '2026-01-03 10:00 UTC' "$subs/ann~2/exercises/$ex/$file"
grade SEED=7
is "the last counts" "$(of ann '.points < 5')" true
grade BEST=best
is "or the best" "$(of ann .points)" 5
grade BEST=last DUE='2026-01-02 00:00 +0000'
is "what was in time goes before what was late" "$(of ann '[.points, .late]')" \
	"[5,false]"
rm -rf "$subs/ann~1"
grade DUE='2026-01-02 00:00 +0000'
is "late is said" "$(of ann .late)" true
printf 'Full name,Email address\nann,ann@example.org\nzoe,zoe@example.org\n' \
	> "$tmp/list.csv"
grade ROSTER="$tmp/list.csv" FORMAT='csv moodle'
like "who has handed in nothing is on the list" "$(cat "$out/gradebook.csv")" \
	'^"zoe",0,5,"missing"'
like "with her address" "$(cat "$out/moodle.csv")" \
	'^"","zoe","zoe@example.org"'

# ------------------------------------------------------------ bad input

refused() # REGEX NAME=WORD...
{
	regex=$1
	shift
	env SUBMISSIONS="$subs" EX=$ex OUT="$out" "$@" common/grade/grade \
		> "$tmp/said" 2> "$tmp/errors"
	status=$?
	is "$*: refused" $status 2
	like "$*: in one line" "$(cat "$tmp/errors")" "$regex"
	is "$*: no more" "$(wc -l < "$tmp/errors")" 1
}
refused 'is no date' DUE=soon
refused 'not a number from 1' JOBS=none SHARED=1
refused 'not a number from 0' SEED=-1
refused 'it is csv' FORMAT=xls
refused 'best or last' BEST=first
refused 'has no check' ONLY=moon SHARED=1
refused "There is no 'jq'|There is no '" SUBMISSIONS=/nowhere
refused "no exercise" EX=moon

# A disk that is full is said in one line.
mkdir "$tmp/disk"
small()
{
	unshare -rm sh -c 'mount -t tmpfs -o size=100k none "$1" && shift && "$@"' \
		sh "$tmp/disk" "$@"
}
if small true 2> "$tmp/errors"; then
	OUT=$tmp/disk/out EX=$ex SUBMISSIONS=$subs SHARED=1 small common/grade/grade \
		> "$tmp/said" 2> "$tmp/errors"
	is "a full disk: the batch" "$? $(sed 's,.*/disk,disk,' "$tmp/errors")" \
		"2 disk/out' is full: OUT=FOLDER names another"
	OUT=$tmp/disk/week EX=$ex small common/course/handout > "$tmp/said" \
		2> "$tmp/errors"
	like "a full disk: the hand-out" "$? $(cat "$tmp/errors")" \
		'^1 .*No space left on device; OUT=FOLDER names another place$'
else
	skip "a full disk" "no small disk here: $(head -n 1 "$tmp/errors")"
fi
finish
