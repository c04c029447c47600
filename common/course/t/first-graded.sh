#!/bin/sh
# first-graded.sh - "Your first graded exercise" of docs/instructors.md against a
# real run, block by block, as an instructor types it
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

page=docs/instructors.md
for need in jq parallel bwrap; do
	command -v $need > /dev/null && continue
	skip "$page" "there is no $need; make deps installs it"
	finish
	exit
done
course=$(pwd -P)
top=$tmp/ipc-lessons
copy_course "$top" LICENSE .gitignore docs lessons/01-pipe solutions/01-pipe \
	exercises/order
for e in exercises/01-pipe/*/; do
	copy_part=${e%/}
	mkdir -p "$top/exercises/01-pipe"
	cp -Rp "$copy_part" "$top/exercises/01-pipe"
done
sed -i '/^01-pipe\|^#/!d' "$top/exercises/order"
cut_blocks console $page
cd "$top" || exit 1
make -s course || exit 1
while read -r n line; do
	sed -n 's/^\$ //p' "$tmp/blocks/$n" > "$tmp/script"
	sed '/^\$ /d' "$tmp/blocks/$n" > "$tmp/promised"
	sh "$tmp/script" > "$tmp/run" 2> "$tmp/err" < /dev/null
	grep -v '^grade: \|^$' "$tmp/err" >> "$tmp/run"
	is "$page:$line: $(head -n 1 "$tmp/script")" \
		"$(awk -f common/t/lanes.awk "$tmp/promised" "$tmp/run")" ""
	is "$page:$line: in 80 columns" \
		"$(grep -v '^\$ ' "$tmp/blocks/$n" | awk 'length > 80')" ""
	# The tools of this course: they need not be built once more.
	[ ! -d "$tmp/week1" ] || [ -d "$tmp/week1/build" ] || {
		mkdir "$tmp/week1/build"
		find "$course/build" -maxdepth 1 -type f \
			-exec cp -p {} "$tmp/week1/build" \;
	}
done < "$tmp/list"
finish
