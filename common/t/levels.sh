#!/bin/sh
# levels.sh - docs/memory-order.md says what each compiler shows: is it so?
#
# FULL=1: with both compilers, all options, and for arm64, too; else with the
# compiler of the course, at two of them.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

page=docs/memory-order.md
levels=common/tools/levels
command=$(sed -n 's,^common/tools/levels ,,p' $page)
case $(uname -m) in
x86_64) cpu=x86-64 ;;
aarch64) cpu=arm64 ;;
*) cpu= ;;
esac
# CC may have a path and options; the page's rows are those of gcc and clang.
cc=gcc
case ${CC-} in
*clang*) cc=clang ;;
esac

# The rows of the tool that PAGE does not have
missing() # PAGE
{
	grep '^| .* | `-' "$tmp/rows" | grep -vxF -f "$1"
}

if [ "${FULL-}" ]; then
	# shellcheck disable=SC2086 # words
	$levels $command > "$tmp/rows" 2> "$tmp/said"
elif [ -z "$cpu" ] || ! command -v $cc > /dev/null; then
	skip "$page: what the compilers show" \
		"it has no rows for $(uname -m), or there is no $cc"
	finish
	exit
else
	# shellcheck disable=SC2086 # words
	CPUS=$cpu CCS=$cc LEVELS='-O0 -O1' $levels $command > "$tmp/rows" \
		2> "$tmp/said"
fi
status=$?
is "each experiment ends well" "$status" 0
grep '^skipped: ' "$tmp/said" > "$tmp/skipped"
while read -r line; do
	skip "$page: some rows" "${line#skipped: }"
done < "$tmp/skipped"
is "the table has a column for each experiment" "$(head -n 1 "$tmp/rows")" \
	"$(grep '^| processor | compiler' $page)"
ok "at least two rows were tried" test "$(grep -c '`-O' "$tmp/rows")" -ge 2
is "$page has these rows" "$(missing $page)" ""
sed 's/| the viewer goes on |/| the viewer waits on |/' $page > "$tmp/page.md"
like "a row that is wrong is noticed" "$(missing "$tmp/page.md")" '`-O0`'

like "no experiment: how to use it" "$($levels 07 2>&1)" '^levels: .*usage'
like "what is no lesson is told so" "$($levels 7x hoist 2>&1)" \
	"'7x' is not the number of a lesson"
like "and a lesson that is not there" "$($levels 99 hoist 2>&1)" \
	'there is no lesson 99'
like "and an experiment that is not there" "$($levels 07 hoost 2>&1)" \
	'there is no .*hoost.c'
like "a compiler that is missing is named" \
	"$(CCS=no-such-cc CPUS=$cpu $levels 07 hoist 2>&1)" \
	'^skipped: .*no-such-cc is not installed'
finish
