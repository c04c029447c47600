#!/bin/sh
# begin.sh - a script of ours that is stopped leaves nothing, and says by which
# signal it died
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
top=$PWD
mkdir "$tmp/own"

# The script waits for one in the background, which does not notice Ctrl-C.
cat > "$tmp/script" <<'END'
cd "$COURSE" || exit 1
. common/t/tap.sh
at_end '[ ! -p "$tmp/never" ] || echo asked first'
at_end 'echo asked last; exit 9'
mkfifo "$tmp/never"
cat "$tmp/never" &
echo ready
[ "$1" = goes-on ] || wait
END

# COMMAND is a script, for which TMPDIR is empty before and must be so after.
stop() # OPTIONS-OF-STAGE COMMAND...
{
	options=$1
	shift
	# shellcheck disable=SC2086 # words
	COURSE=$top build/stage -B -t 20 $options \
		env TMPDIR="$tmp/own" "$@" > "$tmp/out" 2> "$tmp/err"
}

is_gone() # NAME
{
	is "$1: nothing is in TMPDIR" "$(ls -A "$tmp/own")" ""
	unlike "$1: nothing runs on" "$(cat "$tmp/err")" 'left behind'
}

for sig in INT TERM HUP; do
	for how in -x -X; do
		name="SIG$sig, $how"
		stop "$how $sig@1" sh "$tmp/script" waits
		like "$name: it dies of it" "$(cat "$tmp/err")" \
			"^stage: the run was killed by SIG$sig"
		is "$name: all was cleaned, the last first" \
			"$(tr '\n' ' ' < "$tmp/out")" \
			"ready asked last asked first "
		is_gone "$name"
	done
done
stop '' sh "$tmp/script" goes-on
like "by itself: it ends as it would" "$(cat "$tmp/err")" \
	'^stage: .* ended with status 0$'
is_gone "by itself"
for test in common/t/links.sh common/stage/t/usage.sh; do
	stop '-x TERM@1' "$top/$test"
	like "$test is stopped" "$(cat "$tmp/err")" 'killed by SIGTERM'
	is_gone "$test"
done
like "no scratch folder: where, and what to do" \
	"$(TMPDIR=$tmp/none COURSE=$top sh "$tmp/script" waits 2>&1)" \
	"^No scratch folder can be made in $tmp/none: .*TMPDIR="

# A trap of a script's own would take the place of the clean-up. `limited' is
# alone: each compilation of an answer waits for it.
is "nobody else sets a trap" \
	"$(grep -rlE '^[[:space:]]*trap ' common | grep -v /limited | sort)" \
	common/tools/begin
for test in common/t/*.sh common/*/t/*.sh; do
	[ "$test" = common/t/tap.sh ] ||
		grep -qxE '\. common/(t/tap\.sh|(grade|proof|stage|trace|why)/t/setup)' "$test" ||
		echo "$test"
done > "$tmp/others"
is "every test begins with tap.sh" "$(cat "$tmp/others")" ""
finish
