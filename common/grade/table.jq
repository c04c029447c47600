# table.jq - what the formats share
# $columns: [{exercise, id, of, sentence}], every check of every exercise
# $names: [{ID: {name, email, number, participant}}], or [{}]
def name($id): ($names[0][$id]) // {name: $id, email: "", number: "", participant: ""};

# A spreadsheet takes a text that begins so for a formula.
def safe: if test("^[=+@\\-\t\r]") then "'" + . else . end;
def safe(f): f | safe;

# What student . got for the check of column $c: points, or a word
def cell($c):
	.exercises | map(select(.exercise == $c.exercise)) | first
	| if . == null then ""
	  else (.checks | map(select(.id == $c.id)) | first) as $k
		| if $k == null then 0
		  elif $k.verdict == "error" then "error"
		  elif $k.verdict == "skip" then "" else $k.points end
	  end;

# One sentence about a check that did not pass
def because:
	if .verdict == "unchecked" and .message == "" then "it was not checked"
	else .message end;
