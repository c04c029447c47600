# roster.jq - a class list, CSV with a heading, as lines "name<TAB>email<TAB>number"
#
# The name stands in the column `name' or `full name', or in `first name' and
# `last name' or `surname'; others are `email' or `email address', and `number',
# `id number' or `sid'.
def cells:
	[scan("(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))")
		| (.[0] // .[1] // "") | gsub("\"\""; "\"") | gsub("\t"; " ")];

split("\n") | map(rtrimstr("\r") | select(. != ""))
| (.[0] // "" | ltrimstr("\ufeff") | cells | map(ascii_downcase)) as $head
| def at($names):
	. as $row | [range($head | length) as $i
		| select($head[$i] | IN($names[])) | $row[$i]] | first // "";
  def named:
	at(["name", "full name"]) as $whole
	| if $whole != "" then $whole
	  else [at(["first name"]), at(["last name", "surname"])]
		| map(select(. != "")) | join(" ") end;
  if $head | any(IN("name", "full name", "first name")) then .
  else error("no column is called name, full name or first name") end
| .[1:][] | cells
| [named, at(["email", "email address"]), at(["number", "id number", "sid"])]
| select(.[0] != "") | join("\t")
