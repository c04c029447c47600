# not-done.jq - the record of a submission whose job did not come to its end
[$checks | split("\n")[] | select(. != "") | split("\t")
	| {id: .[0], of: (.[1] | tonumber), sentence: .[2], verdict: "error",
	   points: 0, message: "", how: ""}]
| {schema: "ipc-lessons/grade/v1", id: $id, attempt: $attempt, exercise: $ex,
   status: "error",
   sentence: "its job was killed, or could not write: is the disk full?",
   points: 0, of: (map(.of) | add), checks: ., compiler: "", report: ""}
