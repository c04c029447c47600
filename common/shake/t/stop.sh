#!/bin/sh
# stop.sh - a fault that stops: what is sent then comes exactly there
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

cat > "$tmp/p.c" <<'EOF'
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static volatile sig_atomic_t hits;
static void note(int sig) { (void)sig; hits = 1; errno = EAGAIN; }
int main(void)
{
	struct sigaction act = { .sa_handler = note };
	int before, n, err;
	char c;

	sigaction(SIGUSR1, &act, NULL);
	before = hits;
	n = (int)read(0, &c, 1);
	err = errno;
	printf("%d then %d, read %d%s\n", before, hits, n, n != -1 ? "" :
	       err == EAGAIN ? " EAGAIN" : err == EINTR ? " EINTR" : " ?");
	return 0;
}
EOF
make -s -C common/shake
common/shake/build "$tmp/p.c" "$tmp/p" || exit 1

is_stopped() # PID
{
	grep -q '^State:.T' "/proc/$1/status" 2> /dev/null
}
stopped_or_ended() # PID
{
	is_stopped "$1" || ! kill -0 "$1" 2> /dev/null
}

# Run it with FAULT; while it is stopped, send SIGUSR1.
stopped() # FAULT
{
	SHAKE_FAULT=$1 "$tmp/p" < /dev/null > "$tmp/out" &
	until_true stopped_or_ended $!
	if is_stopped $!; then
		kill -USR1 $!
		kill -CONT $!
	fi
	wait $!
	cat "$tmp/out"
}

is "no fault: nothing stops, nothing comes" "$(stopped '')" "0 then 0, read 0"
is "read:1:stop: it comes just before the call" "$(stopped read:1:stop)" \
	"0 then 1, read 0"
is "any:2:stop: the second call of them all" "$(stopped any:2:stop)" \
	"0 then 1, read 0"
is "any:0:stop: before its own first line, when it has no handler yet" \
	"$(stopped any:0:stop 2> /dev/null)" ""

# It is stopped before its signal(): SIGUSR1 is not caught yet, and kills it.
cat > "$tmp/q.c" <<'EOF'
#include <signal.h>
int main(void)
{
	signal(SIGUSR1, SIG_IGN);
	return 0;
}
EOF
common/shake/build "$tmp/q.c" "$tmp/q" || exit 1
SHAKE_FAULT=any:1:stop "$tmp/q" &
until_true stopped_or_ended $!
is_stopped $! && kill -USR1 $! && kill -CONT $!
wait $! 2> /dev/null
is "any:1:stop: signal() is a call as well" "$(kill -l $?)" USR1

is "read:1:EINTR: only a failure" "$(stopped read:1:EINTR)" \
	"0 then 0, read -1 EINTR"
is "read:1:EINTR+stop: it comes before the look at errno" \
	"$(stopped read:1:EINTR+stop)" "0 then 1, read -1 EAGAIN"
finish
