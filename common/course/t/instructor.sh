#!/bin/sh
# instructor.sh - every command on docs/instructors.md, as an instructor types it
#
# "Your first graded exercise" has a test of its own, with what is to be seen. Here
# each other command runs once, in the page's order, in a copy of the course: those
# in a line of text, those that are set in, and each word of the table of what
# `make handout' takes. A command of the page that is not known here is a failure:
# either it runs, or it says below where else it is tried.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
page=docs/instructors.md
for need in jq parallel bwrap git rsync ssh zip; do
	command -v $need > /dev/null && continue
	skip "$page" "there is no $need; make deps installs it"
	finish
	exit
done
MEMORY=no SHARED=1
export MEMORY SHARED

# shellcheck disable=SC2016 # backquotes are the page's
awk '/^```/ { block = !block; next } !block' $page | awk '
/^    [a-z]/ { print substr($0, 5); next }
{
	while (match($0, /`(make|prove|docker|export|sbatch|build\/)[^`]*`/)) {
		print substr($0, RSTART + 1, RLENGTH - 2)
		$0 = substr($0, RSTART + RLENGTH)
	}
}
/^\| `[A-Z]+=/ { split($0, w, "`"); print "+ " w[2] }' | awk '!seen[$0]++' \
	> "$tmp/commands"
like "there are many" "$(wc -l < "$tmp/commands")" '^[3-9][0-9]$'

top=$tmp/ipc-lessons
copy_course "$top" LICENSE .gitignore .github docs lessons solutions exercises
cd "$top" || exit 1
make -s course || exit 1

# A call in the folder of the course, as it stands
run() # COMMAND [FILE-THAT-IS-THERE-THEN]
{
	sh -c "$1" > "$tmp/said" 2>&1 < /dev/null
	is "$1" "$?" 0
	[ -z "${2:-}" ] || is "... and there is $2" "$(ls -d "$2" 2>&1)" "$2"
	tap_note "$1" "$(tail -n 3 "$tmp/said")"
}

# One in a student's copy
student() # COMMAND [FILE-THAT-IS-THERE-THEN]
{
	cd week1 || return
	run "$@"
	cd "$top" || exit 1
}

# The student has solved the exercises of the hand-out; the tools need not be built
# once more.
solve() # HAND-OUT
{
	mkdir -p "$1/build" collected
	find build -maxdepth 1 -type f -exec cp -p {} "$1/build" \;
	for ex in "$1"/exercises/*/*/; do
		ex=${ex%/}
		cp "solutions/${ex#"$1"/exercises/}"/*.c "$ex"
	done
}

while IFS= read -r command; do
	case $command in
	"make handout EX='pipeline lost-update' OUT=week1")
		run "$command" week1/exercises
		solve week1 ;;
	'make handout EX=pipeline OUT=pipeline '*)
		rm -rf pipeline
		run "$command" pipeline/.github/workflows/check.yml ;;
	"make handout EX='a b c'")
		run "make handout EX='first-check pipeline' OUT=other" other/exercises
		solve other ;;
	'make next') run 'cd other && make check && make next' ;;
	+*)
		rm -rf one
		run "make handout EX=pipeline OUT=one ${command#+ }" ;;
	'make submit')
		for ex in pipeline lost-update; do
			student "make submit EX=$ex STUDENT=ann" build/submit/ann-$ex.tar.gz
		done
		cp week1/build/submit/*.gz collected ;;
	'make grade')
		run "make grade SUBMISSIONS=collected EX='pipeline lost-update'" ;;
	"make grade SUBMISSIONS"*)
		run "$command" grades/grades.jsonl
		is "... and ann has all points" "$(jq -c '[.points == .of, .of > 0]' \
			grades/grades.jsonl)" "[true,true]" ;;
	'make grade-hosts '*)
		# This machine, as GNU parallel names it
		echo : > hosts
		rm -rf grades
		run "$command" grades/grades.jsonl ;;
	'make grade-split '*)
		run "$command" shares/share-0001.tar ;;
	sbatch\ *)
		# As a task of the array; common/grade/t/slurm.sh has a real Slurm.
		SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=1 run \
			"${command#*--chdir=\"\$PWD\" }" shares/share-0001.results.tar ;;
	'make grade-join SHARES'*)
		rm -rf grades
		run "$command" grades/grades.jsonl ;;
	'make gradescope '*) run "$command" pipeline.zip ;;
	'make classroom50 '*) run "$command" pipeline/autograder.py ;;
	'make check') ;; # with a seed, below
	'make check SEED=8')
		student "$command EX=pipeline" ;;
	make) student "$command" ;;
	'make list' | 'make starters') run "$command" ;;
	'make show ID=...') run 'make show ID=L01-01' ;;
	'make why PID=n')
		sleep 100 &
		run "make why PID=$!"
		kill $! ;;
	'prove -e common/course/dev-check exercises/NN-topic/NAME/check.c')
		PART=right run "$(echo "$command" |
			sed 's,NN-topic/NAME,00-start/first-check,')" ;;
	'make quiz-export '* | 'make demo-'*)
		;; # common/t/instructors.sh runs them
	'make deps')
		;; # .ci/run begins with it
	'make handout' | 'make grade-join' | build/submit/* | 'export TOUR=1')
		;; # the name of what stands in full elsewhere
	docker\ *)
		;; # no container can be built without a network
	*)
		is "nobody tries: $command" no yes ;;
	esac
done < "$tmp/commands"
finish
