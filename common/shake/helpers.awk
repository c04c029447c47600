# helpers.awk - mark the calls that the helpers of lesson.h make
#
#	awk -f helpers.awk build/shake.wrap PREPROCESSED
#
# The preprocessor says where each line is from: "# 7 "common/lesson.h" 1". 1 is
# the beginning of a file, 2 the return to it; a #line of the program's own has
# neither. In lesson.h a call of a wrapped NAME(...) becomes
# (shake_helper = 1, NAME)(...): shake.c looks at that variable. And where it
# calls what the program gave to remove_at_end(), the program ends.
FILENAME != file { file = FILENAME; files++ }
files == 1 {
	sub(/^-Wl,--wrap=/, "")
	wrapped[$0] = 1
	next
}
# The first line names the source: for the compiler, and so for addr2line(1) and
# debuggers.
FNR == 1 {
	print
	print "extern _Thread_local int shake_helper; extern int shake_ending;"
	next
}
/^# [0-9]+ ".*" [12]/ {
	name = $0
	sub(/^# [0-9]+ "/, "", name)
	sub(/" [12].*$/, "", name)
	helper = name ~ /(^|\/)common\/lesson\.h$/
}
/^#/ || !helper { print; next }
{
	line = ""
	while (match($0, /[A-Za-z_][A-Za-z_0-9]* *\(/)) {
		word = substr($0, RSTART, RLENGTH - 1)
		sub(/ +$/, "", word)
		line = line substr($0, 1, RSTART - 1)
		if (word in wrapped)
			line = line "(shake_helper = 1, " word ")("
		else if (word == "lesson_remove")
			line = line "(shake_ending = 1, " word ")("
		else
			line = line substr($0, RSTART, RLENGTH)
		$0 = substr($0, RSTART + RLENGTH)
	}
	print line $0
}
