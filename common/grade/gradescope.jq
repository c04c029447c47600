# gradescope.jq - results.json of Gradescope, for one student. What could not be
# graded has no score: Gradescope then shows that the autograder failed.
include "table";
include "words";

inputs | . as $s
| {output: ([.exercises[] | "\(.exercise): \(.sentence // "")\(
		if .compiler != "" then "\n" + .compiler else "" end)"]
		| join("\n") | cut(20000)),
   output_format: "text", test_output_format: "text",
   test_name_format: "text", visibility: "visible",
   stdout_visibility: "hidden",
   extra_data: {schema: .schema, id: .id, status: .status,
	exercises: [.exercises[] | {exercise, status, submission, grader}]},
   tests: [.exercises | to_entries[] | .key as $n | .value as $e
	| $e.checks | to_entries[] | .key as $k | .value
	| {name: "\($e.exercise) \(.id): \(.sentence)", number: "\($n + 1).\($k + 1)",
	   output: because, output_format: "text", visibility: "visible"}
	+ if .verdict == "error" or .verdict == "skip" then {}
	  else {score: .points, max_score: .of,
		status: (if .verdict == "pass" then "passed" else "failed" end)}
	  end]}
| if $s.status == "error" then . else . + {score: $s.points} end
