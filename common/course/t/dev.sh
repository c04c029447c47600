#!/bin/sh
# dev.sh - does dev-check go red when a checker, or an answer, is broken?
set -u
cd "$(dirname "$0")/../../.." || exit 1
. common/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS

top=$tmp/course ex=01-pipe/close-the-ends
mkdir -p "$top/exercises/01-pipe" "$top/solutions/01-pipe"
cp -Rp Makefile common build "$top"
cp -Rp exercises/$ex "$top/exercises/01-pipe"
cp -Rp solutions/$ex "$top/solutions/01-pipe"
cd "$top" || exit 1
rm -rf build/dev
echo $ex > exercises/order
awk -v want=starter -f common/course/cut.awk solutions/$ex/count.c \
	> exercises/$ex/count.c
make -s course cheats || exit 1
tiers=B
build/stage -A /bin/true > /dev/null 2>&1 && tiers=A

# Break FILE by the sed SCRIPT; dev-check says REGEX in a "not ok" block.
red() # NAME FILE SCRIPT REGEX
{
	cp -p "$2" "$tmp/kept"
	sed "$3" "$tmp/kept" > "$2"
	if cmp -s "$2" "$tmp/kept"; then
		tap_line 1 "$1: nothing was broken"
	else
		touch "$2"
		RUNS=1 TIERS=$tiers PART=$PART common/course/dev-check \
			exercises/$ex/check.c > "$tmp/out" 2>&1
		like "$1" "$(grep -A 20 '^not ok' "$tmp/out")" "$4"
	fi
	cp -p "$tmp/kept" "$2"
	touch "$2"
}

sol=solutions/$ex dir=exercises/$ex
PART=wrong
red "a verdict that is another" $sol/wrong/reads-once.c '1s/sizes,//' \
	'got: sizes,ends'
red "words that are others" $sol/wrong/trusts-write.c \
	'1s/msg=".*"/msg="moon"/' 'want: moon'
red "a wrong answer that is right" $sol/wrong/one-process.c \
	"2,\$d;1r $sol/count.c" 'wrong/one-process fails just so'
PART=right
red "a right answer that is wrong" $sol/also/pipe2.c 's/zu lines/zu line/' \
	'also/pipe2 passes'
PART=quick
red "a starter that passes" $sol/count.c '/^\/\/> /d;s,^//|,,' \
	'starter fails'
red "points that drift" $dir/README.md 's/| `ends` | 3/| `ends` | 4/' \
	'lists each check'
red "a hint too few" $dir/hints.md 's/^## 3/### 3/' 'three steps'
red "a starter that has drifted" $sol/count.c 's/TODO: one/TODO: a/' \
	'cut from the solution'
PART=mutants
red "a mutant that nobody sees" $dir/check.c \
	's/MUST_NOTICE(scene, "")/(void)scene/' 'mutant .check'
echo 'call: moon() :: it is far away' > $sol/survivors
red "a survivor that does not survive" $sol/survivors 's/moon/sun/' \
	'got: call: sun'
finish
