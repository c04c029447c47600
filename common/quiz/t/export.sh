#!/bin/sh
# export.sh - each format is read by a reader of that format, and what it has read
# is what the ledger and the notes say, the Korean words too
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s build/quiz || exit 1
l=lessons/01-pipe

# What must come out: id, what is right and the statement; then the questions
# of the notes.
awk -F '\t' '$2 == "01" && $4 != "typo" && $4 != "judgement" {
	right = $4 == "true" ? "true" : $4 == "imprecise" ? "not quite" : "false"
	print $1 "\t" right "\t" $5 }' docs/claims.tsv > "$tmp/want"
open=$(sed -n '/^## Check yourself/,/^## The calls/p' $l/README.md |
	grep -c '^[0-9][0-9]*\. ')
like "there is something to ask" "$(wc -l < "$tmp/want") $open" \
	'^[1-9][0-9]* [1-9]'
for format in gift csv anki markdown answers; do
	build/quiz -x $format $l > "$tmp/$format" 2> "$tmp/err"
	is "$format: it ends well" "$? $(cat "$tmp/err")" "0 "
	like "$format: the Korean words" "$(cat "$tmp/$format")" \
		'pipe 가 full 일 때 write 시도하면 blocking'
	build/quiz -x $format -n 5 $l > "$tmp/five"
	build/quiz -x $format -n 5 $l | cmp -s - "$tmp/five"
	is "$format: the same five each time" "$?" 0
done

# --------------------------------------------------- csv and Anki's file

if command -v python3 > /dev/null; then
	cat > "$tmp/read.py" <<'EOF'
import csv, sys
what, path = sys.argv[1:]
text = open(path, encoding='utf-8', newline='')
if what == 'csv':
    for r in csv.DictReader(text, strict=True):
        if r['kind'] == 'statement':
            print(r['id'], r['answer'], r['question'], sep='\t')
        else:
            print('open', bool(r['answer'] and r['proofs'] and r['question']))
else:
    head = {}
    while (line := text.readline()).startswith('#'):
        key, value = line[1:].rstrip('\n').split(':', 1)
        head[key] = value
    at = text.tell() - len(line.encode())
    text.seek(at)
    assert head['separator'] == 'tab' and head['tags column'] == '3', head
    for front, back, tags in csv.reader(text, delimiter='\t', strict=True):
        assert tags == 'ipc-lessons lesson-01', tags
        if front.startswith('True, false, or not quite?'):
            print(back.split(':')[0], front.split('\n', 1)[1], sep='\t')
        else:
            print('open', ' Proof: ' in back)
EOF
	{
		cat "$tmp/want"
		yes 'open True' | head -n "$open"
	} > "$tmp/csv.want"
	is "csv: as the ledger and the notes say" \
		"$(python3 "$tmp/read.py" csv "$tmp/csv" 2>&1)" \
		"$(cat "$tmp/csv.want")"
	is "anki: the same" "$(python3 "$tmp/read.py" anki "$tmp/anki" 2>&1)" \
		"$(cut -f 2- "$tmp/csv.want")"
else
	skip "csv and anki" "there is no python3, which reads them here"
fi

# ------------------------------------------------------------------ gift

# A parser of its own kind, which Moodle's editors use
npm install --cache "$tmp/cache" --silent --no-audit --no-fund --prefix "$tmp/npm" \
	gift-pegjs@1.0.2 > "$tmp/npm.said" 2>&1
if [ -d "$tmp/npm/node_modules/gift-pegjs" ]; then
	cat > "$tmp/npm/read.js" <<'EOF'
const { parse } = require('gift-pegjs');
const text = require('fs').readFileSync(process.argv[2], 'utf8');
for (const q of parse(text)) {
	if (q.type === 'Category')
		console.log('category', q.title);
	else if (q.type === 'MC')
		console.log(q.title + '\t' +
			q.choices.filter(c => c.isCorrect)
				.map(c => c.text.text).join('|') + '\t' +
			q.stem.text.replace(/^Document . says, under ".*?": /, ''));
	else
		console.log(q.type, q.globalFeedback.text.length > 0);
}
EOF
	{
		echo "category \$course\$/IPC Lessons/01 Pipe"
		cat "$tmp/want"
		yes 'Essay true' | head -n "$open"
	} > "$tmp/gift.want"
	is "gift: as the ledger and the notes say" \
		"$(node "$tmp/npm/read.js" "$tmp/gift" 2>&1)" \
		"$(cat "$tmp/gift.want")"
	for other in lessons/[0-9]*; do
		build/quiz -x gift "$other" > "$tmp/other"
		is "gift of $other is read" \
			"$(node "$tmp/npm/read.js" "$tmp/other" 2>&1 |
				grep -vc '^category')" \
			"$(grep -c '^::' "$tmp/other")"
	done
else
	skip "gift" "npm cannot get gift-pegjs, which reads it here"
fi

# ------------------------------------------------------------- on paper

is "the page for the students has no answers" \
	"$(grep -c -e '^>' -e '^\*\*true' "$tmp/markdown")" 0
is "the other page has one for each question" \
	"$(grep -c '^> ' "$tmp/answers")" "$(grep -c '^\*\*[0-9]' "$tmp/answers")"
is "the same questions in the same order" \
	"$(build/quiz -x markdown -n 7 $l | grep '^\*\*[0-9]')" \
	"$(build/quiz -x answers -n 7 $l | grep '^\*\*[0-9]')"

# -------------------------------------------------------------- mistakes

is "another format" "$(build/quiz -x word $l 2>&1; echo $?)" \
	"FORMAT 'word' is none of gift, csv, anki, markdown, answers
1"
like "no format" "$(make -s quiz-export LESSON=01 2>&1)" "^FORMAT 'none' is none"
like "no lesson" "$(make -s quiz-export FORMAT=csv 2>&1)" \
	'^Which lesson\? make quiz-export LESSON=01'
like "no such lesson" "$(make -s quiz-export LESSON=77 FORMAT=csv 2>&1)" \
	"^'77' is no folder of a lesson"
is "make quiz-export" "$(make -s quiz-export LESSON=01 FORMAT=csv 2>&1)" \
	"$(cat "$tmp/csv")"
finish
