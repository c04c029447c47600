# report.jq - the report for the instructor, Markdown. Memory holds a count for
# each check, and a line for each student only while that is written.
# $columns, $facts: see grade
include "table";

def percent($n; $of): if $of == 0 then "-" else "\($n * 100 / $of | round) %" end;
def short: if . == "error" then "**error**" else tostring end;

"| student | points | " + ([$columns[] | .id] | join(" | ")) + " | |",
"|---|---|" + ([$columns[] | "---|"] | add) + "---|",
foreach (inputs, null) as $s ({n: 0, pass: [$columns[] | 0], judged: [$columns[] | 0],
		hang: 0};
	if $s == null then .
	else .n += 1
	| reduce range($columns | length) as $i (.; $columns[$i] as $c
		| ([$s.exercises[] | select(.exercise == $c.exercise)
			| .checks[] | select(.id == $c.id)] | first) as $k
		| if $k == null or ($k.verdict | IN("error", "skip")) then .
		  else .judged[$i] += 1
		  | .pass[$i] += (if $k.verdict == "pass" then 1 else 0 end) end)
	end;
	if $s != null then
		"| \($s.id) | \(if $s.status == "error" then "?" else $s.points end)"
		+ " of \($s.of) | \([$columns[] | . as $c | $s | cell($c) | short]
			| join(" | ")) | \([(if $s.late then "late" else empty end),
			($s.exercises[] | .status | select(IN("pass", "fail") | not))]
			| unique | join(", ")) |"
	else . as $all
		| "| **pass** | | " + ([range($columns | length) as $i
			| percent($all.pass[$i]; $all.judged[$i])] | join(" | "))
		+ " | |"
	end)
