# not-there.jq - of a student on the class list who has handed in nothing: what
# join.jq takes
[$checks | split("\n")[] | select(. != "") | split("\t")
	| {id: .[0], of: (.[1] | tonumber), sentence: .[2],
	   verdict: "unchecked", points: 0, message: "", how: ""}]
| {entry: {id: $id, attempt: "", order: 0}, exercise: $ex, time: null,
   record: {schema: "ipc-lessons/grade/v1", id: $id, attempt: "",
	exercise: $ex, status: "missing", sentence: "nothing was handed in",
	points: 0, of: (map(.of) | add), checks: ., compiler: "", report: ""}}
