#!/bin/sh
# clock.sh - do the clocks of a shaken program say what SHAKE_CLOCK says?
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/shake || exit 1

cat > "$tmp/clock.c" <<'END'
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

int main(void)
{
	struct timespec m, r, g, c;
	struct timeval v;

	clock_gettime(CLOCK_MONOTONIC, &m);
	clock_gettime(CLOCK_REALTIME, &r);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c);
	timespec_get(&g, TIME_UTC);
	gettimeofday(&v, NULL);
	printf("%ld.%09ld %ld.%09ld %ld.%09ld %ld.%06ld %ld %s\n",
	       (long)m.tv_sec, m.tv_nsec, (long)r.tv_sec, r.tv_nsec,
	       (long)g.tv_sec, g.tv_nsec, (long)v.tv_sec, (long)v.tv_usec,
	       (long)time(NULL), c.tv_sec < 5 ? "own" : "told");
	return 0;
}
END
common/shake/build "$tmp/clock.c" "$tmp/clock" || exit 1

echo 7000000005 9012345678 > "$tmp/now"
is "every clock says what stands in the file" \
	"$(SHAKE_CLOCK=$tmp/now "$tmp/clock")" \
	"7.000000005 9.012345678 9.012345678 9.012345 9 own"
like "without it they say the time" \
	"$("$tmp/clock" | cut -d' ' -f2)" "^$(date +%s | cut -c 1-7)"
like "a file without two numbers is an error that is told" \
	"$(SHAKE_CLOCK=/dev/null "$tmp/clock" 2>&1)" 'no two numbers'
finish
