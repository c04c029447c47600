#!/bin/sh
# helper.sh - what a helper of lesson.h calls fails for nobody; the program's
# own calls of the same name do
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/shake || exit 1

cat > "$tmp/p.c" <<EOF
#include "$PWD/common/lesson.h"
#include <mqueue.h>
static void nothing(void) { mq_close((mqd_t)-1); }
static void at_exit(void) { mq_unlink("/"); }
int main(int argc, char **argv)
{
	sigset_t none;

	(void)argv;
	sigemptyset(&none);
	hold_signals();
	remove_at_end(nothing);
	atexit(at_exit);
	if (argc > 1)
		sigprocmask(SIG_BLOCK, &none, NULL);
	if (argc > 1 && sigprocmask(SIG_BLOCK, &none, NULL) == -1)
		quit("its own: %s", errno_name(errno));
	let_signals();
	return 0;
}
EOF
ok "it is built" common/shake/build "$tmp/p.c" "$tmp/p"
for call in sigaction:1 sigaction:2 sigprocmask:1 sigprocmask:2 any:1; do
	is "$call of the helpers does not fail" \
		"$(SHAKE_FAULT=$call:EIO "$tmp/p" 2>&1; echo $?)" 0
done
like "the program's own second one does" \
	"$(SHAKE_FAULT=sigprocmask:2:EIO "$tmp/p" x 2>&1)" 'its own: EIO'
SHAKE_LOG=$tmp/log "$tmp/p" x
is "the log has the program's own alone, and says what is at its end" \
	"$(tr '\n' ';' < "$tmp/log")" \
	'0 sigprocmask 1;0 sigprocmask 2;0 mq_unlink 1 end;0 mq_close 1 end;'
rm "$tmp/log"
echo 'int main(void) { raise(SIGTERM); }' | sed 's/raise/remove_at_end(nothing); &/' \
	| cat "$tmp/p.c" - | sed '/^int main(int/,/^}/d' > "$tmp/r.c"
common/shake/build "$tmp/r.c" "$tmp/r"
SHAKE_LOG=$tmp/log "$tmp/r" 2> /dev/null
is "a signal is such an end, too" "$(cat "$tmp/log")" '0 mq_close 1 end'

# A file's name that the program gives to its own lines makes no helper of it.
sed 's/^int main/# 1 "common\/lesson.h"\n&/' "$tmp/p.c" > "$tmp/q.c"
common/shake/build "$tmp/q.c" "$tmp/q"
like "a #line of the program's own hides no call" \
	"$(SHAKE_FAULT=sigprocmask:2:EIO "$tmp/q" x 2>&1)" 'its own: EIO'

SHAKE_FAULT=any:2:stop "$tmp/p" &
pid=$!
until_true grep -qs '^State:.T' "/proc/$pid/status"
ok "a stop may come before a helper's call" \
	grep -q '^State:.T' "/proc/$pid/status"
kill -CONT $pid
wait $pid

# Without shake: the kernel refuses the call, and the helper says so.
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
	like "a helper whose call fails says so" \
		"$(strace -f -o /dev/null -e inject=rt_sigprocmask:error=EINVAL \
			"$tmp/p" 2>&1)" 'sigprocmask: EINVAL'
	like "and so does remove_at_end()" \
		"$(strace -f -o /dev/null -e inject=rt_sigaction:error=EINVAL \
			"$tmp/p" 2>&1)" 'sigaction: EINVAL'
else
	skip "a helper whose call fails says so" "strace cannot trace here"
fi
finish
