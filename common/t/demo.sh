#!/bin/sh
# demo.sh - the demonstrations: each has what the one before the class needs, and
# the command shows it in that order
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

# A letter for each line of a page that begins something: f(irst), h(eading), a(sk),
# t(hey will say), c(ommands), s(how), w(rong afterwards)
order_of() # PAGE
{
	awk '/^\*\*Say first\.\*\* / { printf "f" }
		/^## [0-9]+\. .*\? \([0-9]+ minutes?\)$/ { printf "h"; next }
		/^## What they get wrong afterwards$/ { printf "w"; next }
		/^## / { printf "?" }
		/^\*\*Ask\.\*\* / { printf "a" }
		/^\*\*They will say\.\*\* / { printf "t" }
		/^```console$/ { printf "c" }
		/^\*\*Show\.\*\* / { printf "s" }' "$1"
}

minutes_of() # PAGE
{
	sed -n 's/^## .*(\([0-9]*\) minutes*)$/\1/p' "$1" |
		awk '{ n += $1 } END { print n + 0 }'
}

for folder in lessons/[0-9]*; do
	page=docs/demonstrations/${folder#lessons/}.md
	is "$page is there" "$(ls "$page" 2>&1)" "$page"
	[ -f "$page" ] || continue
	is "$page: its title" "$(sed -n 1p "$page")" \
		"# Demonstration: $(sed -n '1s/^# //p' "$folder/README.md")"
	# A heading stands on the screen before the question: it is one, too.
	like "$page: the terms; ask, they will say, commands, show; the mistakes" \
		"$(order_of "$page")" '^f(hatc+s)+w$'
	is "$page: ten minutes" "$(minutes_of "$page")" 10
	is "$page: numbered from 1 on" \
		"$(sed -n 's/^## \([0-9]*\)\. .*/\1/p' "$page" | tr '\n' ' ')" \
		"$(seq -s ' ' "$(grep -c '^## [0-9]' "$page")") "
done

# What the command does, on a page of its own
mkdir "$tmp/docs"
cat > "$tmp/page.md" <<'EOF'
# Demonstration: a page

Not for the screen.

**Say first.** An *echo* comes
back.

## 1. The first (4 minutes)

**Ask.** What does `echo` say,
and [why](why.md)?

**They will say.** Nothing.

```console
$ echo first; cat
first
```

**Show.** It said *first*, and
then it ended.

## 2. The second (6 minutes)

**Ask.** And now?

**They will say.** Nothing, either.

```console
$ sh -c 'exit 3'
```

**Show.** A status.

## What they get wrong afterwards

- Not for the screen.
EOF
demo() { common/tools/demo "$tmp/page.md" 2>&1; }
is "all of it" "$(yes '' | demo)" "Demonstration: a page

  An echo comes back.

1. The first (4 minutes)

  What does echo say, and why?

\$ echo first; cat
first

  It said first, and then it ended.

2. The second (6 minutes)

  And now?

\$ sh -c 'exit 3'
(the command has ended with status 3)

  A status."
is "the terms stand alone until Enter; the end of the input ends it" \
	"$(demo < /dev/null; echo "$?")" "Demonstration: a page

  An echo comes back.

0"
is "one Enter: the question stands alone" \
	"$(echo | demo | sed '$d' | tail -n 4)" "
1. The first (4 minutes)

  What does echo say, and why?"
is "two: the commands, not yet what to see" \
	"$(printf '\n\n' | demo | tail -n 4)" "
\$ echo first; cat
first"
# On a terminal a lesson lists its experiments, which answer the next questions.
yes '' | head -n 20 | script -qec "${MAKE:-make} -s demo-00" /dev/null > "$tmp/screen" 2>&1
like "on a terminal: the lesson is played" "$(cat "$tmp/screen")" \
	'the sailor is back: something is missing, and we stay'
unlike "and nothing answers the next question" "$(cat "$tmp/screen")" \
	'notes: |make 00-zombie +the'
is "each of its questions, and the terms, begin on a clean screen" \
	"$(grep -c "$(printf '\033')\[2J" "$tmp/screen")" \
	"$(grep -cE '^(## [0-9]|\*\*Say first)' docs/demonstrations/00-*.md)"
like "it says what it waits for" "$(cat "$tmp/screen")" '\(Enter goes on\)'
sed '/^```/d' "$tmp/page.md" > "$tmp/none.md"
is "a page without commands" "$(common/tools/demo "$tmp/none.md" 2>&1; echo $?)" \
	"demo: $tmp/none.md has no step with a command
2"
is "no page" "$(common/tools/demo "$tmp/no.md" 2>&1; echo $?)" \
	"usage: demo docs/demonstrations/NN-topic.md
2"
is "make demo 01 is make demo-01" "$(yes '' | make -s demo 01 2>&1)" \
	"$(yes '' | make -s demo-01 2>&1)"
like "which lesson?" "$(make -s demo 2>&1)" '^Which lesson\? make demo-01'
finish
