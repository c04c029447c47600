#!/bin/sh
# platforms.sh - what is made for a platform does its work where that platform
# would put it
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
course=$(pwd -P)
ends=01-pipe/close-the-ends
for need in jq parallel bwrap zip unzip; do
	command -v $need > /dev/null && continue
	skip "platforms" "there is no $need; make deps installs it"
	finish
	exit
done

answer() # FILE: the course's own
{
	awk -v want=solution -f common/course/cut.awk solutions/$ends/count.c \
		> "$1"
}

# The tools are those of this course, so that they are not built once more.
built() # FOLDER
{
	mkdir -p "$1/build"
	find "$course/build" -maxdepth 1 -type f -exec cp -p {} "$1/build" \;
}

# ---------------------------------------------------------------- Gradescope
zip=$tmp/ends.zip
like "no exercise" "$(make gradescope 2>&1)" "Which exercises\? make gradescope"
like "a typo" "$(make gradescope EX=close-the-end OUT="$zip" 2>&1)" \
	"no exercise 'close-the-end'; did you mean: close-the-ends"
like "it is made" "$(make gradescope EX=close-the-ends OUT="$zip" SEED=7 2>&1)" \
	'ends\.zip: close-the-ends$'
like "not over another one" "$(make gradescope EX=close-the-ends OUT="$zip" \
	2>&1)" 'is there already'
unzip -Z1 "$zip" | sort > "$tmp/list"
is "what Gradescope asks for is at the top" \
	"$(grep -xE 'setup.sh|run_autograder' "$tmp/list" | tr '\n' ' ')" \
	"run_autograder setup.sh "
is "no solution is in it" "$(grep -E 'solutions|wrong/|also/|hints' \
	"$tmp/list")" ""
root=$tmp/autograder
mkdir -p "$root/source" "$root/submission" "$root/results"
unzip -q "$zip" -d "$root/source"
cp "$root/source/run_autograder" "$root"
built "$root/source/course"
results=$root/results/results.json

# As there: in /autograder, where nothing else of this system can be written
as_gradescope()
{
	bwrap --cap-add ALL --ro-bind /usr /usr --ro-bind /etc /etc \
		--symlink usr/bin /bin --symlink usr/sbin /sbin \
		--symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--proc /proc --dev /dev --tmpfs /tmp --dir /run \
		--bind "$root" /autograder --chdir /autograder \
		--unshare-pid --die-with-parent \
		"$@" > "$tmp/said" 2>&1 < /dev/null
}
result() # FILTER
{
	jq -r "$1" "$results"
}
if ! as_gradescope true; then
	skip "Gradescope" "bwrap cannot make this box: $(head -n 1 "$tmp/said")"
else
	answer "$root/submission/count.c"
	as_gradescope ./run_autograder
	is "a right answer: it ends well" $? 0
	is "a right answer: its points" "$(result .score)" 12
	is "a right answer: each check has its own" \
		"$(result '[.tests[] | select(.status == "passed")] | length')" 7
	is "the seed is the instructor's" \
		"$(result '.extra_data.exercises[0].grader.seed')" 7
	cp "$root/source/course/starters/$ends/count.c" "$root/submission"
	as_gradescope ./run_autograder
	is "the starter: no points" "$(result .score)" 0
	like "the starter: it is told why" "$(result '.tests[0].output')" \
		'is blocked in read\(\)'
	is "each test has a name, and no more points than there are" \
		"$(result '[.tests[] | select((.name | type) != "string" or
			(.score > .max_score))] | length')" 0
	rm "$root/submission/count.c"
	as_gradescope ./run_autograder
	is "nothing handed in: no points" "$(result .score)" 0

	# The time is over at any moment: what stands there then?
	mv "$root/source/course/common/grade/grade" "$tmp/grade"
	printf '#!/bin/sh\ncp /autograder/results/results.json %s\nexit 2\n' \
		/autograder/results/early > "$root/source/course/common/grade/grade"
	as_gradescope ./run_autograder
	is "from the first moment on there is a result, without a score" \
		"$(jq -r 'has("score")' "$root/results/early")" false
	like "if the checks cannot be made it says so" "$(result .output)" \
		'^The checks could not be made'
	is "which is nobody's zero" "$(result 'has("score")')" false
	is "no part is left" "$(ls "$root/results" | tr '\n' ' ')" \
		"early results.json "
fi

# --------------------------------------------------------------- Classroom 50
out=$tmp/classroom
like "for Classroom 50" "$(make classroom50 EX=close-the-ends OUT="$out" 2>&1)" \
	'classroom: close-the-ends$'
is "no solution is in it either" "$(find "$out" -name solutions -o \
	-name hints.md)" ""
built "$out/course"
find "$out/course/common" -type f -exec chmod a-x {} +	# as a download may
if ! command -v python3 > /dev/null; then
	skip "autograder.py" "there is no python3"
else
	mkdir -p "$tmp/checkout/exercises/$ends"
	answer "$tmp/checkout/exercises/$ends/count.c"
	(
		cd "$tmp/checkout" || exit
		CLASSROOM=os ASSIGNMENT=ends SUBMISSION_TAG=submit/1 \
			OWNER=ann ASSIGNMENT_TYPE=individual \
			COMMIT_URL=c RELEASE_URL=r REVIEW_URL=v \
			python3 "$out/autograder.py" > "$tmp/said" 2>&1
	)
	is "autograder.py ends well" $? 0
	result=$tmp/checkout/result.json
	# What the platform's collector looks at
	is "result.json is what it has to be" "$(jq '
		.schema == "classroom50/result/v1" and .classroom == "os"
		and .assignment == "ends" and .owner == "ann"
		and .submission == "submit/1" and .commit == "c"
		and (.datetime | test("^[0-9]{4}-[0-9T:-]+Z$"))
		and ([.tests[].score] | add) == .score
		and ([.tests[]."max-score"] | add) == ."max-score"
		and .score == 12 and (.tests | length) == 7
		and all(.tests[]; .passed == true and
			(."test-name" | type) == "string")' "$result")" true
	is "and all that is left in the checkout" "$(ls "$tmp/checkout" |
		tr '\n' ' ')" "exercises result.json "
	mv "$out/course/common/grade/grade" "$tmp/grade"
	(cd "$tmp/checkout" && rm result.json &&
		python3 "$out/autograder.py" > "$tmp/said" 2>&1)
	isnt "what cannot be graded is an error of the platform's" $? 0
	ok "and no result" test ! -e "$result"
fi

# ------------------------------------------------------ a workflow of a forge
make -s handout EX=first-check OUT="$tmp/forge" WORKFLOW=1 > "$tmp/said"
flow=$tmp/forge/.github/workflows/check.yml
ok "the workflow is there" test -f "$flow"
is "what it uses is a commit" "$(sed -n 's/.*uses: *//p' "$flow" |
	grep -vE '@[0-9a-f]{40}$')" ""
like "it uses something" "$(cat "$flow")" 'uses: actions/checkout@'
if command -v python3 > /dev/null && python3 -c 'import yaml' 2> /dev/null; then
	is "it is YAML, with a job" "$(python3 -c 'import sys, yaml
print(*yaml.safe_load(open(sys.argv[1]))["jobs"])' "$flow")" check
else
	skip "it is YAML" "there is no python3-yaml"
fi
# The last step, as a shell of the forge's runs it
awk '/name: make check/ { on = 1 } on && /^          / { print substr($0, 11) }' \
	"$flow" > "$tmp/step"
built "$tmp/forge"
cd "$tmp/forge" || exit 1
sh -e "$tmp/step" > "$tmp/said" 2>&1
is "a push that is right passes" $? 0
like "and was checked" "$(cat "$tmp/said")" '6 of 6 points'
sed -i 's/return 0/return 3/; s/EXIT_SUCCESS/3/' exercises/00-start/first-check/greet.c
sh -e "$tmp/step" > "$tmp/said" 2>&1
isnt "one that is wrong does not" $? 0
like "and is told why" "$(cat "$tmp/said")" 'because'
finish
