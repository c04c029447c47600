#!/bin/sh
# layouts.sh - is each file found that somebody has handed in, whatever delivers
# it, and nothing else, whatever it is called?
cd "$(dirname "$0")/../../.." || exit 1
. common/grade/t/setup
ex=00-start/two-copies file=answers.txt
right=solutions/$ex/answers.txt
answer=$tmp/right
awk -v want=solution -f common/course/cut.awk $right > "$answer"
wrong=$tmp/wrong
sed 's/^\([0-9]*\): .*/\1: nothing/' "$answer" > "$wrong"

# A way that a file may lie, for each a student who is right
hand_in plain "$answer"
mkdir -p "$subs/short/two-copies" "$subs/alone" "$subs/deep/a/b/$ex" \
	"$subs/renamed" "$subs/two names" "$subs/-dash" "$subs/nobody"
cp "$answer" "$subs/short/two-copies/answers.txt"
cp "$answer" "$subs/alone/answers.txt"
cp "$answer" "$subs/deep/a/b/$ex/answers.txt"
cp "$answer" "$subs/renamed/answers-1.txt"
cp "$answer" "$subs/two names/answers.txt"
cp "$answer" "$subs/-dash/answers.txt"
newline=$(printf 'new\nline')
bytes=$(printf 'bad\377utf')
mkdir "$subs/$newline" "$subs/$bytes" "$subs/\$(touch ran);'\"*"
cp "$answer" "$subs/$newline/answers.txt"
cp "$answer" "$subs/$bytes/answers.txt"
cp "$answer" "$subs/\$(touch ran);'\"*/answers.txt"
# Moodle: a folder, or a file, for each
mkdir "$subs/Ann O'Neil_123_assignsubmission_file_"
cp "$answer" "$subs/Ann O'Neil_123_assignsubmission_file_/answers.txt"
cp "$answer" "$subs/Bo Li_124_assignsubmission_file_answers.txt"
# Gradescope: a number, and a list
mkdir "$subs/submission_77"
cp "$answer" "$subs/submission_77/answers.txt"
cat > "$subs/submission_metadata.yml" <<'END'
---
submission_77:
  :submitters:
  - :name: Grace Hopper
    :sid: '4711'
    :email: grace@example.org
  :created_at: 2026-03-01 10:00:00.000000000 Z
  :score: 1.0
END
# Not hers, and nothing to wait for
mkdir -p "$subs/link" "$subs/fifo" "$subs/ours/solutions/$ex" "$subs/folder/answers.txt"
ln -s "$PWD/$right" "$subs/link/answers.txt"
mkfifo "$subs/fifo/answers.txt"
cp "$answer" "$subs/ours/solutions/$ex/answers.txt"
ln -s "$subs/plain" "$subs/linked"
mkdir "$subs/large"
truncate -s 10G "$subs/large/answers.txt"
echo x > "$subs/notes.txt"
echo x > "$subs/zoe-pipeline.tar.gz"

# The exercise's own place goes before any other.
hand_in first "$answer"
cp "$wrong" "$subs/first/answers.txt"

archives=''
if has_box && command -v zip > /dev/null && command -v git > /dev/null; then
	archives=yes
	(cd "$subs/plain" && tar -czf "$subs/tarred.tar.gz" . &&
		zip -qr "$subs/zipped.zip" .)
	mkdir "$tmp/evil"
	cp "$answer" "$tmp/evil/answers.txt"
	tar -cPf "$subs/leaves.tar" -C "$tmp/evil" --transform \
		"s,answers.txt,$tmp/escaped," answers.txt
	ln -s /etc "$tmp/evil/way"
	tar -cf "$subs/through-link.tar" -C "$tmp/evil" way
	truncate -s 3G "$tmp/evil/zeros"
	tar -cSf "$subs/bomb.tar" -C "$tmp/evil" zeros
	head -c 2000 /dev/urandom > "$subs/broken.zip"
	git init -q "$subs/work-cara"
	cp "$answer" "$subs/work-cara/answers.txt"
	(
		cd "$subs/work-cara" || exit
		git add answers.txt
		GIT_COMMITTER_DATE='2026-02-03T04:05:06Z' git -c user.name=c \
			-c user.email=c@example.org commit -qm answers
		cat >> .git/config <<-END
		[core]
			fsmonitor = touch $tmp/ran
		[log]
			showSignature = true
		[gpg]
			program = touch $tmp/ran
		END
	)
	git clone -q --bare "$subs/work-cara" "$subs/dora.git" 2> /dev/null
fi

grade PREFIX=work- FORMAT='csv moodle' DUE='2026-02-03 04:05:05 +0000'
for name in plain short alone deep renamed 'two names' -dash "$newline" "$bytes" \
	"\$(touch ran);'\"*" "Ann O'Neil" 'Bo Li' 'Grace Hopper' first; do
	is "found: $(printf '%s' "$name" | tr -c ' -~' '?')" \
		"$(of "$name" .status)" pass
done
for name in nobody link fifo ours folder; do
	is "nothing was handed in: $name" "$(of "$name" .status)" missing
done
is "10 GiB are refused" "$(of large '.exercises[0] | .status, .sentence' |
	tr '\n' ' ')" "refused answers.txt has more than 1 MiB "
is "and cost her points" "$(of large .status)" fail
is "a link beside the folders is nobody" "$(of linked .id)" ""
like "it is passed over" "$(cat "$out/report.md")" '^- linked: a symbolic link'
like "so is what is packed for another exercise" "$(cat "$out/report.md")" \
	'^- zoe-pipeline.tar.gz: it is packed for pipeline, which is not graded now'
like "so is a file" "$(cat "$out/report.md")" '^- notes.txt: it is no folder'
ok "no name is a command" test ! -e ran
ok "nor is what a repository says" test ! -e "$tmp/ran"
like "Gradescope's list has the names, and the time" \
	"$(of 'Grace Hopper' '.exercises[0].handed_in')" '^2026-03-01T10:00:00Z$'
like "which was late" "$(of 'Grace Hopper' .late)" true
like "Moodle knows her by number" "$(cat "$out/moodle.csv")" \
	"^\"Participant 123\",\"Ann O'Neil\",.*,4,4,"
if [ -n "$archives" ]; then
	for name in tarred zipped cara dora; do
		is "found: $name" "$(of "$name" .status)" pass
	done
	is "the time of the commit" "$(of cara '.exercises[0].handed_in')" \
		"2026-02-03T04:05:06Z"
	ok "nothing leaves an archive" test ! -e "$tmp/escaped"
	isnt "nor comes by a link" "$(of through-link .status)" pass
	is "an archive that is too large is for the instructor to see" \
		"$(of bomb .status)" error
	is "and the status says so" $status 1
	like "a broken one, too" "$(of broken '.exercises[0].sentence')" \
		'^the archive cannot be unpacked'
else
	skip "archives and git" "no box, no zip or no git here"
fi

# ------------------------------------------------- one archive for the class

# It is for its owner alone, and what opens it in the box has no rights.
if has_box; then
	(cd "$subs" && tar -cf "$tmp/class.tar" plain short &&
		zip -qr "$tmp/class.zip" plain short)
	for archive in class.tar class.zip; do
		[ -e "$tmp/$archive" ] || continue
		chmod 600 "$tmp/$archive"
		grade SUBMISSIONS="$tmp/$archive" OUT="$tmp/out.$archive"
		is "$archive: all were graded" \
			"$(jq -r .status "$tmp/out.$archive/grades.jsonl" | xargs)" \
			"pass pass"
	done
fi
finish
