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

# --------------------------------------------------- can it be red at all? Once
if [ -n "${LESSON:-}" ]; then
	finish
	exit
fi

# A pair of two programs, with a wait and what ends it, in a course of its own.
finish
