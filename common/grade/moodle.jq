# moodle.jq - for the import of Moodle's gradebook, or of the assignment's grades.
# Where no grade could be made the cell is empty: Moodle leaves that alone.
include "table";
include "words";

(["Identifier", "Full name", "Email address", "ID number", "Grade",
	"Maximum grade", "Feedback comments"] | @csv),
(inputs | . as $s | name(.id) as $n
	| [(if $n.participant == "" then "" else
		"Participant \($n.participant)" end), safe($n.name),
	   safe($n.email), safe($n.number),
	   (if .status == "error" then null else .points end), .of,
	   ([.exercises[] | . as $e | .checks[]
		| select(.verdict | IN("fail", "unchecked"))
		| "\($e.exercise) \(.id): \(because | cut(200))"] | join("; ")
		| safe)] | @csv)
