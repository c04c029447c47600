# text.awk - rows become a picture for a terminal: -v width=80
#
# One or two processes have a lane each for their text. If there are more,
# the lanes are narrow, `o' marks whose row it is, and the text stands to the
# right. `:' runs down a lane as long as its call waits; "< 7" says that row
# 7 ended the wait.
BEGIN { FS = "\t"; if (!width) width = 80 }
$3 == "lane" { title[$2] = $4; lanes = $2; next }
!begun { begin() }
{
	text = $4
	if ($3 == "wake" && $5 != "") text = text "  < " $5
	if ($3 == "wait") waits[$2] = 1
	if ($3 == "wake") waits[$2] = 0
	fold(narrow ? short[$2] ": " text : text)
	for (k = 1; k <= parts; k++)
		print_line(k == 1 ? sprintf("%4d %8s ", ++n, $1) : \
			   sprintf("%14s", ""), $2, k, $3)
}
END { if (!begun) begin() }
function begin(    l, line, w)
{
	begun = 1
	narrow = lanes > 2
	lane = narrow ? width - 14 - 2 * lanes : \
	       int((width - 14) / (lanes ? lanes : 1))
	line = sprintf("%4s %8s ", "row", "ms")
	for (l = 1; l <= lanes; l++) {
		split(title[l], w, " ")
		short[l] = w[1] " " l
		if (narrow)
			printf "lane %d: %s\n", l, title[l]
		line = line (narrow ? sprintf("%-2d", l % 100) : \
			     "| " pad(substr(title[l], 1, lane - 3), lane - 2))
	}
	sub(/ +$/, "", line)
	print line
}
function print_line(line, whose, k, kind,    l)
{
	for (l = 1; l <= lanes; l++)
		if (narrow)
			line = line (l == whose && k == 1 ? "o " : \
				     waits[l] ? ": " : "  ")
		else
			line = line "| " pad(l == whose ? part[k] : \
					     waits[l] ? ":" : "", lane - 2)
	if (narrow)
		line = line part[k]
	sub(/ +$/, "", line)
	print line
}
# TEXT with blanks up to ROOM; not every awk knows the `*' of printf().
function pad(text, room)
{
	return sprintf("%-" room "s", text)
}
# TEXT in parts that fit a lane, broken at blanks where there are some.
function fold(text,    room, cut)
{
	parts = 0
	room = narrow ? lane : lane - 3
	while (length(text) > room) {
		cut = room
		while (cut > room / 2 && substr(text, cut, 1) != " ") cut--
		if (cut <= room / 2) cut = room
		part[++parts] = substr(text, 1, cut)
		text = "  " substr(text, cut + 1)
		sub(/^ +/, "  ", text)
	}
	part[++parts] = text
}
