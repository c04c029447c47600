#!/bin/sh
# links.sh - every link of every page leads to a file, a folder, a heading
#
# Links that leave the course are not followed: a test needs no network. A link
# to a lesson that the map in README.md calls "not written yet" is a skip.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

pages=$(find . -name '*.md' -not -path './.git/*' -not -path './build/*' |
	sed 's,^\./,,' | sort)
# shellcheck disable=SC2086
LC_ALL=C awk -f common/t/links.awk $pages > "$tmp/all"

not_written() # TARGET
{
	n=$(expr "$1" : '\.\./.*\([0-9][0-9]\)-[a-z-]*/$') &&
		grep -q "^| $n | .*| not written yet |" README.md
}

# Is there what PAGE, a link of which is TARGET, wants?
leads() # PAGE TARGET
{
	file=${2%%#*}
	case $1 in
	*/*) dir=${1%/*}/ ;;
	*) dir= ;;
	esac
	[ -z "$file" ] || [ -e "$dir$file" ] || return
	case $2 in
	*#*) ;;
	*) return 0 ;;
	esac
	case $file in
	'') to=$1 ;;
	*) to=$(realpath --relative-to=. "$dir$file") ;;
	esac
	[ ! -d "$to" ] || to=$to/README.md
	grep -qxF "anchor $to ${2#*#}" "$tmp/all"
}

grep '^link ' "$tmp/all" | grep -v ' [a-z][a-z]*:[^ ]*$' > "$tmp/links"
for page in $pages; do
	dead=
	later=
	grep -F "link $page " "$tmp/links" > "$tmp/own"
	while read -r _ from line target; do
		if leads "$from" "$target"; then
			:
		elif not_written "$target"; then
			later=$later\ $target
		else
			dead="$dead$page:$line: $target
"
		fi
	done < "$tmp/own"
	is "$page: no dead link" "$dead" ""
	[ -z "$later" ] || skip "$page: the others" "not written yet:$(echo \
		"$later" | tr ' ' '\n' | sort -u | tr '\n' ' ')"
done
ok "there are links to look at" test "$(wc -l < "$tmp/links")" -gt 100
finish
