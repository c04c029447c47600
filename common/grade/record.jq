# record.jq - the record of one submission: common/grade/one calls it with all
# that it knows; docs/grading.md says what each field means
include "words";

# The checks that were asked for, in their order: [{id, of, sentence}]
def wanted:
	[$checks | split("\n")[] | select(. != "") | split("\t")
		| {id: .[0], of: (.[1] | tonumber), sentence: .[2]}]
	| if $only == "" then . else map(select(.id
		| IN($only | splits(" ")))) end;

# What the checker wrote, line by line. More is read into none of it than there
# is: a line with another id, other points or another word is no verdict.
def written($wanted):
	[$raw | split("\n")[] | select(. != "") | split("\t")
		| {verdict: .[0], id: .[1], of: .[2], message: (.[3] // ""),
		   how: (.[4] // "")}
		| select(.id != "memory" or any($wanted[]; .id == "memory"))];

def is_whole($wanted):
	length == ($wanted | length) and
	all(range(length) as $i | .[$i] as $line | $wanted[$i]
		| .id == $line.id and (.of | tostring) == $line.of and
		  ($line.verdict | IN("pass", "fail", "skip", "unchecked",
			"error")); .);

def undecided($wanted; $verdict):
	$wanted | map(. + {verdict: $verdict, points: 0, message: "", how: ""});

def made($wanted; $pids):
	. as $lines | [range(length) as $i | $wanted[$i] + ($lines[$i]
		| {verdict, how, message: (.message | clean | stable($pids)
			| cut(2000))}) | .points =
			(if .verdict == "pass" then .of else 0 end)];

# What this system cannot check costs nobody a point, and gives none.
def counted: map(select(.verdict != "skip"));

# A single check that is graded again takes its place among the others.
def merged:
	. as $new | if $only == "" or ($old | length) == 0
		or ($old[0].status | IN("pass", "fail") | not) then .
	else $old[0].checks | map(. as $was
		| ($new | map(select(.id == $was.id)) | first) // $was) end;

wanted as $wanted | written($wanted) as $written
| ($written | is_whole($wanted)) as $whole
| ($raw + $report | processes) as $pids
| (if $status != "" then $status
   elif ($whole | not) or ($written | any(.verdict == "error")) or
	($code | IN(0, 1) | not) then "error"
   else "" end) as $bad
| (if $bad == "error" then undecided($wanted; "error")
   elif $bad != "" then undecided($wanted; "unchecked")
   else $written | made($wanted; $pids) end | merged) as $made
| {schema: "ipc-lessons/grade/v1", id: $id, attempt: $attempt,
   exercise: $exercise, file: $file, key: $key,
   status: (if $bad != "" then $bad
	elif all($made[]; .verdict | IN("pass", "skip")) then "pass"
	else "fail" end),
   sentence: (if $bad == "error" and $sentence == "" then
		"the checker did not say all that it had to"
	else $sentence | clean | stable($pids) | cut(500) end),
   points: ($made | counted | map(.points) | add // 0),
   of: ($made | counted | map(.of) | add // 0),
   checks: $made,
   compiler: ($compiler | clean | cut(8000)),
   report: ($report | clean | stable($pids)
	| gsub("\n      log      [^\n]*"; "") | cut(8000)),
   submission: {sha256: $sum, bytes: $bytes},
   grader: {version: $version, checker: $checker,
	tool: ($tool | split("\n")), seed: $seed, sandbox: $sandbox,
	isolation: (if $tier == "-A" then "private" else "shared" end),
	only: $only}}
