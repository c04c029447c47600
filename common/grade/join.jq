# join.jq - one line for each student, from the records of all that she has
# handed in, which come in the order of students; memory holds one student
#
#	{entry: {id, attempt, order}, exercise, time, record}
#
# $due: seconds since 1970, or null; $best: "best" or "last". What was handed in
# by then goes before what was late.
def late($time): if $due == null or $time == null then null else $time > $due end;

# Which of the attempts at one exercise counts
def chosen:
	map(select(.record.status != "missing")) as $there
	| (if ($there | length) > 0 then $there else . end)
	| sort_by([(if .late then 0 else 1 end),
		(if $best == "best" then .record.points else 0 end),
		(if $best == "best" then -(.time // 0) else (.time // 0) end),
		.entry.order]) | last;

def student:
	group_by(.exercise) | map(
		map(.late = late(.time)) as $all | ($all | chosen) as $one
		| $one.record + {
			handed_in: ($one.time | if . == null then null else todate end),
			late: $one.late, attempts: ($all | length),
			errors: [$all[].record | select(.status == "error")
				| .sentence]})
	| {schema: "ipc-lessons/grade/v1", id: .[0].id,
	   points: (map(.points) | add), of: (map(.of) | add),
	   status: (if any(.status == "error") then "error"
		elif all(.status == "pass") then "pass"
		elif all(.status == "missing") then "missing" else "fail" end),
	   late: (map(.late) | if any(. == true) then true
		elif all(. == null) then null else false end),
	   exercises: .};

foreach (inputs, null) as $line ({all: [], out: null};
	if $line == null or (.all | length > 0 and
		.[0].entry.id != $line.entry.id)
	then {out: .all, all: [$line]}
	else {out: null, all: (.all + [$line])} end;
	.out | select(. != null and length > 0) | student)
