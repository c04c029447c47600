# md.jq - a page for a student, with the sentences that make check says. What a
# program said stands in indented lines, where nothing has a meaning.
include "table";
include "words";

def block: split("\n") | map("    " + .) | join("\n");
def plain: gsub("(?<c>[\\\\`*_<>#|\\[\\]&])"; "\\\(.c)") | gsub("\n"; " ");

inputs | "# \(.points) of \(.of) points\n",
(if .late then "It was handed in late.\n" else empty end),
(.exercises[] | "## \(.exercise): \(.points) of \(.of)\n",
	(if .handed_in then "Handed in: \(.handed_in)\(if .late then ", late"
		else "" end).\n" else empty end),
	(if .status == "error" then
		"This could not be graded: that is the grader's fault, not yours.\n"
	 elif .sentence != "" then "\(.sentence | plain)\n" else empty end),
	"| check | points | |\n|---|---|---|",
	(.checks[] | "| `\(.id)` | \(if .verdict == "error" then "?" else
		.points end) of \(.of) | \(.sentence | plain)\(if .verdict == "pass"
		then "" else "; **\({fail: "it does not", unchecked: "not yet",
		skip: "skipped", error: "error"}[.verdict])**: \(because
		| plain | cut(600))" end) |"),
	"",
	(if .compiler != "" then "The compiler said:\n\n\(.compiler | block)\n"
	 else empty end),
	(if .report != "" then "The check said:\n\n\(.report | block)\n"
	 else empty end),
	(if .grader then "Seed \(.grader.seed), course \(.grader.version), checker "
	+ "\(.grader.checker[:12]), \(.grader.sandbox), "
	+ "\(.grader.isolation).\n" else empty end))
