# junit.jq - JUnit XML: a test suite for each student and exercise, a test case
# for each check; points are properties
include "table";

def x: tostring | @html;
def case:
	"    <testcase name=\"\(.id | x)\" classname=\"\(.sentence | x)\">"
	+ (if .verdict == "fail" then
		"<failure type=\"fail\" message=\"\(because | x)\"/>"
	   elif .verdict == "unchecked" then
		"<failure type=\"unchecked\" message=\"\(because | x)\"/>"
	   elif .verdict == "error" then
		"<error type=\"error\" message=\"\(because | x)\"/>"
	   elif .verdict == "skip" then
		"<skipped type=\"skip\" message=\"\(because | x)\"/>"
	   else "" end) + "</testcase>";
def property($name; value):
	"<property name=\"\($name)\" value=\"\(value | x)\"/>";
def count(f): map(select(f)) | length;

"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ipc-lessons\">",
(inputs | .id as $id | .exercises[]
	| "  <testsuite name=\"\($id | x) \(.exercise | x)\" tests=\"\(.checks
		| length)\" failures=\"\(.checks | count(.verdict
		| IN("fail", "unchecked")))\" errors=\"\(.checks | count(.verdict
		== "error"))\" skipped=\"\(.checks | count(.verdict == "skip"))\">",
	  "    <properties>" + property("points"; .points)
		+ property("of"; .of) + property("status"; .status)
		+ "</properties>",
	  (.checks[] | case), "  </testsuite>"),
"</testsuites>"
