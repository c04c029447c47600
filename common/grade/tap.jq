# tap.jq - TAP 13: a line for each check of each student. What could not be
# graded is not ok, and says that it is an error.
include "table";

def plain: gsub("\n"; " ") | gsub("(?<c>[#\\\\])"; "\\\(.c)");

"TAP version 13",
foreach (inputs | .id as $id | .exercises[] | . as $e | .checks[]
	| {id: $id, exercise: $e.exercise, check: .}) as $t (0; . + 1;
	$t.check as $c
	| (if $c.verdict | IN("pass", "skip") then "ok" else "not ok" end)
	+ " \(.) - \($t.id) \($t.exercise) \($c.id): \($c.sentence | plain)"
	+ (if $c.verdict == "skip" then " # SKIP \($c.message | plain)"
	   else "" end),
	(select($c.verdict | IN("pass", "skip") | not)
	| "  ---", "  verdict: \($c.verdict)", "  points: \($c.points)",
	  "  of: \($c.of)", "  message: \($c | because | tojson)", "  ...")),
"1..\($tests)"
