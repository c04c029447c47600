#!/bin/sh
# ten-minutes.sh - docs/first-ten-minutes.md against a real run
#
# In a copy of the course, block by block, as a new student types it.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

page=docs/first-ten-minutes.md
copy_course "$tmp/course" exercises solutions \
	lessons/00-two-processes lessons/01-pipe
cut_blocks console $page
cd "$tmp/course" || exit 1
rm -rf progress build/exercises
common/course/course starters || exit 1
make -s course || exit 1
if ! build/stage -A /bin/true > /dev/null 2>&1; then
	# Elsewhere process numbers are longer, and lines break otherwise.
	skip "$page" "its process numbers are those of the private tier"
	finish
	exit
fi
while read -r n line; do
	sed -n 's/^\$ //p' "$tmp/blocks/$n" > "$tmp/script"
	sed '/^\$ /d' "$tmp/blocks/$n" > "$tmp/promised"
	sh "$tmp/script" > "$tmp/run" 2>&1 < /dev/null
	is "$page:$line: $(head -n 1 "$tmp/script")" \
		"$(awk -f common/t/lanes.awk "$tmp/promised" "$tmp/run")" ""
	is "$page:$line: in 80 columns" \
		"$(grep -v '^\$ ' "$tmp/blocks/$n" | awk 'length > 80')" ""
	ok "$page:$line: in 24 lines, one of them for the prompt" \
		test "$(grep -vc '^\$ ' "$tmp/blocks/$n")" -le 23
done < "$tmp/list"
finish
