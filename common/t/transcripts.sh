#!/bin/sh
# transcripts.sh - every console block of the notes against a real run
#
# A block runs in one shell, in the folder of its page: the front door, the notes
# of a lesson, or docs/when-it-hangs.md. See docs/contributing.md.
#
# The demonstration of a lesson mostly shows what its notes show: a block that
# stands in them word by word has run already.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
top=$PWD

# A reader types slowly; a script asks for a process that may not have come to
# its wait yet. So ask again, but not for ever: what is said last is compared.
cat > "$tmp/make" <<'EOF'
make()
{
	[ "$1" = why ] || {
		command make -s -C "$COURSE" "$@"
		return
	}
	for look in $(seq 500); do
		said=$("$COURSE/build/why" "${2#PID=}" 2>&1)
		case $said in
		*'is running: '*|*'(state D)'*) ;;
		*) break ;;
		esac
	done
	command make -s -C "$COURSE" "$@"
}
EOF

block() # README LINE FILE
{
	dir=$(dirname "$1")
	{
		echo "exec 2>&1"
		cat "$tmp/make"
		sed -n 's/^\$ //p' "$3"
	} > "$tmp/script"
	sed '/^\$ /d' "$3" > "$tmp/promised"
	# A checkout's name may have blanks in it, and a <path> has none.
	COURSE=$top build/stage -t 60 -d "$dir" sh "$tmp/script" \
		2> "$tmp/report" | COURSE=$top awk '
		{
			done = ""
			rest = $0
			while (at = index(rest, ENVIRON["COURSE"])) {
				done = done substr(rest, 1, at - 1) "/course"
				rest = substr(rest, at + \
					length(ENVIRON["COURSE"]))
			}
			print done rest
		}' > "$tmp/run"
	awk -f common/t/lanes.awk "$tmp/promised" "$tmp/run" > "$tmp/differ"
	name=$1:$2:\ $(sed -n 's/^\$ //p' "$3" | head -n 1 | tr '\134' /)
	if grep -q 'may not be seen: ' "$tmp/run"; then
		skip "$name" "$(sed -n 's/.*may not be seen: //p' "$tmp/run" |
			head -n 1)"
		return
	fi
	if grep -q '| skipped: ' "$tmp/run"; then
		skip "$name" "$(sed -n 's/.*| skipped: //p' "$tmp/run")"
		return
	fi
	is "$name" "$(cat "$tmp/differ")" ""
	[ ! -s "$tmp/differ" ] || sed 's/^/# /' "$tmp/report"
}

page() # FILE
{
	cut_blocks console "$1"
	while read -r n line; do
		block "$1" "$line" "$tmp/blocks/$n"
	done < "$tmp/list"
}

demonstration() # FOLDER
{
	shows=docs/demonstrations/${1#lessons/}.md
	notes=$(cat "$1/README.md")
	cut_blocks console "$shows"
	while read -r n line; do
		case $notes in
		*"$(cat "$tmp/blocks/$n")"*) ok "$shows:$line: as in the notes" true ;;
		*) block "$shows" "$line" "$tmp/blocks/$n" ;;
		esac
	done < "$tmp/list"
}

[ -n "${LESSON:-}" ] || {
	page README.md
	page docs/when-it-hangs.md
}
for folder in $(lessons); do
	for notes in $(pages_of "$folder"); do
		page "$notes"
	done
	cut_blocks console "$folder/README.md"
	number=${folder#lessons/}
	number=${number%%-*}
	like "$folder/README.md shows what make $number plays" \
		"$(cat "$tmp"/blocks/*)" "^\\$ make $number\$"
	demonstration "$folder"
done
finish
