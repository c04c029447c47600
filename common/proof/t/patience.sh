#!/bin/sh
# patience.sh - who gets on is waited for, who does not is told soon
cd "$(dirname "$0")/../../.." || exit 1
. common/proof/t/setup

cat > "solutions/$ex/play.c" <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <time.h>
#include "../../../common/lesson.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const double begin = now(), most = atof(argv[argc - 1]);
	int in = open("/dev/zero", O_RDONLY), out = open("/dev/null", O_WRONLY);
	volatile unsigned n = 0;
	char c;

	if (strcmp(what, "busy") == 0)
		for (;;)
			n++;
	if (strcmp(what, "yields") == 0)
		for (;;)
			sched_yield();
	if (strcmp(what, "polls") == 0)
		for (;;)
			poll(NULL, 0, 1);
	/* One byte at a time, for a time that is longer than the deadline */
	while (now() - begin < most)
		if (read(in, &c, 1) != 1 || write(out, &c, 1) != 1)
			return 1;
	return 0;
}
END
cat > "exercises/$ex/check.c" <<'END'
#include "../../../common/proof/check.h"
#include "../../../common/stage/stage.h"

/* The deadline of a check is 3 seconds, on an idle machine. */
static void goes_on(const char *what)
{
	char seconds[32];
	struct prog p;

	snprintf(seconds, sizeof seconds, "%.1f",
		 (double)stage_patience(3000) / 1000 + 1.5);
	p = start("play", what, seconds, NULL);
	MUST_EXIT(&p, 0);
}
CHECK(1, "slow", "it moves a byte at a time") { goes_on("slow"); }
CHECK(1, "busy", "it uses the CPU") { goes_on("busy"); }
CHECK(1, "yields", "it asks and asks") { goes_on("yields"); }
CHECK(1, "polls", "it asks from time to time") { goes_on("polls"); }
END
made
tier=${tiers%% *}
begin=$(date +%s)
for id in slow busy yields polls; do
	(
		"$out/check" "-$tier" -o "$tmp/$id" "$id" > /dev/null
		date +%s > "$tmp/$id.end"
	) &
done
wait
verdict() # ID
{
	cut -f 1,4 "$tmp/$1" | tr '\t' ' '
}
is "slow, but it gets on: passes" "$(verdict slow)" "pass "
like "busy: fails" "$(verdict busy)" '^fail this does not end: .* uses the CPU'
like "calls that bring nothing: fails" "$(verdict yields)" '^fail this does not'
like "a loop with a clock: fails" "$(verdict polls)" '^fail this does not end'

# Four at once, and others on this machine: so this bound is a wide one.
for id in busy yields polls; do
	took=$(($(cat "$tmp/$id.end") - begin))
	ok "$id: told after $took seconds, not more than 20" [ $took -le 20 ]
done
finish
