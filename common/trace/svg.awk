# svg.awk - rows become a picture: lanes against time, waits, who woke whom
BEGIN { FS = "\t"; WIDE = 330; HIGH = 20; LEFT = 90; TOP = 50 }
$3 == "lane" { title[$2] = $4; lanes = $2; next }
{
	n++
	lane[n] = $2; kind[n] = $3; text[n] = $4; by[n] = $5; ms[n] = $1
	if ($3 == "wait") from[$2] = n
	if ($3 == "wake") { begun[n] = from[$2]; ended[from[$2]] = n }
}
function x(l) { return LEFT + 20 + (l - 1) * WIDE }
function y(r) { return TOP + r * HIGH }
function safe(s)
{
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}
END {
	w = LEFT + lanes * WIDE
	h = TOP + (n + 2) * HIGH
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
	       "height=\"%d\" font-family=\"monospace\" font-size=\"12\" " \
	       "role=\"img\">\n<title>%s</title>\n", w, h, safe(name)
	print "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" " \
	      "refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" " \
	      "orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#b04000\"/>" \
	      "</marker></defs>"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", w, h
	for (l = 1; l <= lanes; l++)
		printf "<text x=\"%d\" y=\"20\" font-weight=\"bold\">%s" \
		       "</text>\n<line x1=\"%d\" y1=\"30\" x2=\"%d\" " \
		       "y2=\"%d\" stroke=\"#bbb\"/>\n", x(l), safe(title[l]),
		       x(l), x(l), h - HIGH
	for (r = 1; r <= n; r++) {
		if (kind[r] == "wake" && begun[r])
			printf "<rect x=\"%d\" y=\"%d\" width=\"6\" " \
			       "height=\"%d\" fill=\"#e0a030\"/>\n",
			       x(lane[r]) - 3, y(begun[r]),
			       y(r) - y(begun[r])
		if (kind[r] == "wake" && by[r] != "" && by[r] + 0 < r)
			printf "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" " \
			       "y2=\"%d\" stroke=\"#b04000\" " \
			       "marker-end=\"url(#tip)\"/>\n",
			       x(lane[by[r]]), y(by[r]),
			       x(lane[r]) + (by[r] && lane[by[r]] > lane[r] ? \
			       4 : -4), y(r)
	}
	for (r = 1; r <= n; r++) {
		printf "<text x=\"%d\" y=\"%d\" fill=\"#777\" " \
		       "text-anchor=\"end\">%s ms</text>\n", LEFT - 8,
		       y(r) + 4, ms[r]
		printf "<circle cx=\"%d\" cy=\"%d\" r=\"3\"/>\n", x(lane[r]),
		       y(r)
		printf "<text x=\"%d\" y=\"%d\">%s</text>\n", x(lane[r]) + 10,
		       y(r) + 4, safe(substr(text[r], 1, 42))
	}
	print "</svg>"
}
