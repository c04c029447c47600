#!/bin/sh
# transcripts.sh - every console block of the notes against a real run
#
# A block runs in one shell, in the folder of its page: the front door, the notes
# of a lesson, or docs/when-it-hangs.md. See docs/contributing.md.
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
		said=$("$COURSE/build/stage" why "${2#PID=}" 2>&1)
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

for readme in README.md lessons/[0-9][0-9]-*/README.md docs/when-it-hangs.md; do
	cut_blocks console "$readme"
	while read -r n line; do
		block "$readme" "$line" "$tmp/blocks/$n"
	done < "$tmp/list"
	[ "${readme#lessons/}" != "$readme" ] || continue
	number=${readme#lessons/}
	number=${number%%-*}
	like "$readme shows what make $number plays" "$(cat "$tmp"/blocks/*)" \
		"^\\$ make $number\$"
done
finish
