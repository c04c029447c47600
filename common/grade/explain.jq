# explain.jq - how the grades of one student came about
include "table";

def points($n): if $n == 1 then "1 point" else "\($n) points" end;

select(.id == $id) | .id as $id
| .exercises[] | select($ex == "" or .exercise == $ex)
| "\(.exercise): \(.status), \(.points) of \(points(.of))",
  (.sentence | select(. != "") | "  \(.)"),
  (.checks[] | "  \(.verdict)\t\(.points) of \(.of)\t\(.id): \(.sentence)",
	(because | select(. != "") | "\t\t\(. | gsub("\n"; " "))")),
  (.handed_in // empty | "  handed in  \(.)"),
  (select(.late) | "  late       yes"),
  (.file as $file | .submission // empty
	| "  file       \($file), \(.bytes) bytes, sha256 \(.sha256)"),
  (.grader // empty
	| "  course     \(.version)", "  checker    sha256 \(.checker)",
	  "  compiler   \(.tool[0])", "  seed       \(.seed)",
	  "  isolation  \(.sandbox), \(.isolation)"),
  (select(.grader and .status != "missing")
	| "  again      make grade SUBMISSIONS=FOLDER"
	+ " EX=\(.exercise | split("/")[1]) SEED=\(.grader.seed)"
	+ " OUT=another-folder"),
  ""
