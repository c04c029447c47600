# proofs.awk - what stands in the proofs: awk -f proofs.awk lessons/*/claims.c
#
# Prints, for each id of each CLAIM: LESSON, ID, the words of the CLAIM itself
# (sentence and body), the words of its body and of the helpers that it uses,
# with a tab between and a blank around each word.

function words(text,    out, n, i, w)
{
	gsub(/[^A-Za-z0-9_]+/, " ", text)
	out = " "
	n = split(text, w, " ")
	for (i = 1; i <= n; i++)
		if (index(out, " " w[i] " ") == 0)
			out = out w[i] " "
	return out
}

# The words of TEXT, and those of the helpers that it names, and theirs.
function with_helpers(text,    n, i, w, done)
{
	text = words(text)
	n = split(text, w, " ")
	for (i = 1; i <= n; i++)
		if (w[i] in helper && !(w[i] in done)) {
			done[w[i]]
			n = split(words(text " " helper[w[i]]), w, " ")
			text = words(text " " helper[w[i]])
			i = 0
		}
	return text
}

function end_of_file(    c, i, n, id)
{
	for (c = 1; c <= claims; c++) {
		n = split(ids[c], id, " ")
		for (i = 1; i <= n; i++)
			print lesson "\t" id[i] "\t" words(head[c] body[c]) \
			      "\t" with_helpers(body[c])
	}
	claims = 0
	split("", helper)
}

FNR == 1 {
	end_of_file()
	lesson = FILENAME
	sub(/^.*lessons\//, "", lesson)
	sub(/-.*/, "", lesson)
	open = ""
}
/^CLAIM\(/ {
	match($0, /"[^"]*"/)
	ids[++claims] = substr($0, RSTART + 1, RLENGTH - 2)
	head[claims] = substr($0, RSTART + RLENGTH)
	body[claims] = ""
	open = "claim"
	next
}
# A helper begins in the first column: its name stands before the bracket.
open == "" && /^[a-z].*\(/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[^A-Za-z0-9_]/, "", name)
	open = "helper"
}
{ gsub(/\/\*[^*]*\*\//, " ") }	# a comment proves nothing
/^\{/ { inside = 1 }
open == "claim" && !inside { head[claims] = head[claims] " " $0 }
open == "claim" && inside { body[claims] = body[claims] " " $0 }
open == "helper" { helper[name] = helper[name] " " $0 }
/^\}/ { open = ""; inside = 0 }
open == "helper" && !inside && /;[ \t]*$/ { open = "" }	# a prototype
END { end_of_file() }
