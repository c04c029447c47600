# statements.awk - the statements of each proof in a claims.c
#
# Prints "ID<TAB>FIRST<TAB>LAST" (line numbers) for every statement that calls
# something, one tab deep or more, in the body of a CLAIM; declarations and
# what has a block of its own are passed over. ID is the claim's first.
/^CLAIM\(/ {
	id = $0
	sub(/^CLAIM\("/, "", id)
	sub(/[" ].*/, "", id)
	next
}
/^}/ { id = "" }
id == "" || /^[^\t]/ || /^\t+(\/\/|\/\*|\*)/ { first = 0; next }
!first && /^\t+[a-zA-Z_(*]/ { first = FNR; depth = 0; calls = 0 }
first {
	line = $0
	sub(/\/\*.*\*\//, "", line)
	sub(/\/\/.*/, "", line)
	if (line ~ /[{}]/) { first = 0; next }
	calls += line ~ /[a-z_A-Z0-9]\(/
	open = gsub(/\(/, "(", line)
	shut = gsub(/\)/, ")", line)
	depth += open - shut
	if (line ~ /;[ \t]*$/ && depth == 0) {
		if (calls) print id "\t" first "\t" FNR
		first = 0
	} else if (line ~ /;[ \t]*$/) {
		first = 0
	}
}
