#!/bin/sh
# timelines.sh - the picture in each lesson's notes against a new run of its pair
#
# A run whose order is forced is drawn and compared: common/trace/timelines -c.
# Two pairs make tens of thousands of calls (PICTURE_TAKES = long): those only
# with FULL=1, or LESSON=NN.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
make -s build/trace || exit 1

same() # FOLDER
{
	said=$(common/trace/timelines -c "$1" 2>&1)
	status=$?
	if [ $status -eq 3 ]; then
		skip "$1/timeline.svg is of the pair as it is" "$said"
	else
		is "$1/timeline.svg is of the pair as it is" "$said" ""
	fi
}

# It is a picture for every reader: 760 wide, light and dark, and in words.
picture() # FOLDER
{
	svg=$(cat "$1/timeline.svg")
	like "$1/timeline.svg fits a page" "$svg" \
		'^<svg [^>]*width="760" .*role="img" aria-labelledby="title desc">$'
	like "$1/timeline.svg has a title" "$svg" \
		"^<title id=\"title\">$(sed -n '1s/^# //p' "$1/README.md")</title>\$"
	like "$1/timeline.svg is told in words" "$svg" \
		'^<desc id="desc">[0-9]+ lanes? from top to bottom in time'
	like "$1/timeline.svg has a dark side" "$svg" 'prefers-color-scheme: dark'
	unlike "$1/timeline.svg needs nothing from elsewhere" "$svg" \
		'<script|<image|@import|href='
	unlike "$1/timeline.svg has no name of this machine" "$svg" \
		"ipc-lessons|/home/|/tmp/|tmp\.|[^0-9]0x[0-9a-f]{5}"
}

for lesson in $(lessons); do
	picture "$lesson"
	if grep -q '^PICTURE_TAKES *= *long' "$lesson/Makefile" &&
	   [ -z "${FULL:-}${LESSON:-}" ]; then
		continue
	fi
	make -s -C "$lesson" > /dev/null || exit 1
	same "$lesson"
done

# ------------------------------------------------- what is no longer as it was
[ -z "${LESSON:-}" ] || {
	finish
	exit
}
lesson=lessons/09-wait-for-zero
top=$tmp/course
copy_course "$top" $lesson
cd "$top" || exit 1

# The picture says something else than the pair does.
differs() # NAME REGEX
{
	said=$(common/trace/timelines -c $lesson 2>&1)
	if [ $? -eq 3 ]; then
		skip "$1" "$said"
	else
		like "$1" "$said" "$2"
	fi
}

while_broken "a call that the picture lacks" $lesson/timeline.svg \
	'/^<g data-row="lorry Bob: semget"/d' \
	differs "a call that the picture lacks is named" '^\+lorry Bob: semget$'
while_broken "a call that the pair lacks" $lesson/timeline.svg \
	'/^<g data-row="depot: semctl"/s/^.*$/&\n<g data-row="depot: close"\/>/' \
	differs "a call that the pair does not make is named" '^-depot: close$'
while_broken "another order" $lesson/timeline.svg \
	'/data-row="lorry Cem: says/{h;d;};/data-row="lorry Cem: semop"/G' \
	differs "a call at another place is named" '^[+-]lorry Cem: semop$'
while_broken "another arrow" $lesson/timeline.svg \
	's/ended by row 3 of lorry Cem/ended by row 3 of lorry Bob/' \
	differs "a wait that another call has ended is named" \
	'^\+depot: goes on: semop, ended by row 3 of lorry Cem$'
finish
