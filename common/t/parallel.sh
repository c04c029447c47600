#!/bin/sh
# parallel.sh - every lesson at the same time: twice in one checkout, in
# another checkout of the same user, and in another user's; nobody notices
#
# All of them go through the lessons in the same order, so each lesson meets
# itself. FULL=1: three times.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
unset TMPDIR

rounds=1
[ -z "${FULL:-}" ] || rounds='1 2 3'

play_all() # CHECKOUT OUT
{
	for dir in $(lessons); do
		n=${dir##*/}
		n=${n%%-*}
		for round in $rounds; do
			make -s -C "$1" "$n" > "$2.$n" 2>&1 ||
				echo "round $round: $(cat "$2.$n")" >> "$2.bad"
		done
	done
}

# The course as built, elsewhere: binaries keep their times, so nothing is
# compiled again; only the folder, and so every name, is another.
copy_course "$tmp/two" lessons
play_all . "$tmp/out1" &
play_all "$tmp/two" "$tmp/out2" &
play_all . "$tmp/out4" &		# the same checkout: one waits
other=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
	other=yes
	copy_course "$tmp/three" lessons
	chmod 755 "$tmp"
	chown -R 65534:65534 "$tmp/three"
	: > "$tmp/out3.bad"
	setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "
		for dir in $tmp/three/lessons/[0-9][0-9]-*/README.md; do
			dir=\${dir%/README.md}
			n=\${dir##*/}; n=\${n%%-*}
			for round in $rounds; do
				make -s -C $tmp/three \$n 2>&1 ||
					echo \"lesson \$n fails\"
			done
		done" > "$tmp/out3" 2>&1 &
fi
wait

for dir in $(lessons); do
	n=${dir##*/}
	n=${n%%-*}
	# What is measured is never the same twice.
	figures=
	! grep -q '^MEASURES *= *yes' "$dir/Makefile" || figures='s/[0-9]+/<n>/g'
	sed -E "$figures" "$tmp/out1.$n" > "$tmp/promised"
	awk -f common/t/lanes.awk "$tmp/promised" "$tmp/out2.$n" > "$tmp/differ"
	is "$dir plays the same in two checkouts at once" \
		"$(cat "$tmp/differ")" ""
done
is "the first checkout saw no failure" "$(cat "$tmp/out1.bad" 2>&-)" ""
is "nor did a second player in it" "$(cat "$tmp/out4.bad" 2>&-)" ""
is "the second checkout saw no failure" "$(cat "$tmp/out2.bad" 2>&-)" ""
if [ -n "$other" ]; then
	is "another user's plays all end well" \
		"$(grep fails -A 3 -B 3 "$tmp/out3")" ""
else
	skip "another user's plays all end well" \
		"only root can become another user"
fi
finish
