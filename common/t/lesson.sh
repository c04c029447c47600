#!/bin/sh
# lesson.sh - what common/lesson.h and experiment.h promise to the programs
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

mkdir "$tmp/one" "$tmp/two"
cat > "$tmp/actor.c" <<'EOF'
#include <sys/wait.h>
#include "common/experiment.h"
static void clean(void) { if (write(1, "cleaned\n", 8) != 8) _exit(9); }
int main(int argc, char **argv)
{
	char name[OWN_NAME], path[OWN_PATH];
	const char *act = argc > 1 ? argv[1] : "";

	if (strcmp(act, "names") == 0) {
		own_name(name, "x");
		own_path(path, "y");
		printf("%s %s %x %x\n", name, path, (unsigned)own_key(1),
		       (unsigned)own_key(258));
		return 0;
	}
	if (strcmp(act, "say") == 0) {
		say("done");
		return 0;
	}
	remove_at_end(clean);
	if (strcmp(act, "die") == 0) {
		errno = EPIPE;
		die("write");
	}
	if (strcmp(act, "child") == 0) {
		if (fork() == 0)
			exit(0);
		wait(NULL);
	}
	if (strcmp(act, "wait") == 0) {
		pid_t me = getpid();

		if (fork() == 0) {
			wait_until_asleep(me);
			kill(me, atoi(argv[2]));
			_exit(0);
		}
		for (;;)
			pause();
	}
	say("done");
	return 0;
}
EOF
${CC:-cc} -std=gnu11 -I . -o "$tmp/one/actor" "$tmp/actor.c" || exit 1
cp "$tmp/one/actor" "$tmp/two/actor"
actor=$tmp/one/actor

is "say labels the line, the end cleans up" "$("$actor")" "actor    | done
cleaned"
like "say ends the program if its line cannot be written" \
	"$("$actor" say 2>&1 > /dev/full; echo "status $?")" \
	"actor: write to stdout: ENOSPC"
like "with a failure" "$("$actor" say 2>&1 > /dev/full; echo "status $?")" \
	"^status 1$"
is "die names the call and the errno, and cleans up" \
	"$("$actor" die 2>&1; echo $?)" \
	"actor: write: EPIPE (Broken pipe)
cleaned
1"
is "a child's exit() does not clean up for its parent" \
	"$("$actor" child)" "actor    | done
cleaned"
for sig in 1 2 13 15; do
	is "signal $sig cleans up, and kills" "$(build/stage sh -c \
		"$actor wait $sig; echo \$?" 2>/dev/null)" "cleaned
$((128 + sig))"
done
like "what ignores a signal goes on ignoring it" \
	"$(build/stage -t 1 sh -c "trap '' INT; $actor wait 2" 2>&1)" \
	'still running'

one=$("$actor" names)
like "own names carry user and folder" "$one" \
	"^/ipc-lessons[.]$(id -u)[.][0-9a-f]{6}[.]x /tmp/ipc-lessons[.]"
is "they are the same wherever the program is started" \
	"$(cd / && "$actor" names)" "$one"
ok "another folder has other names" test "$("$tmp/two/actor" names)" != "$one"
like "a key begins with 1c and ends with its tag" \
	"$(echo "$one" | cut -d " " -f 3-)" "^1c([0-9a-f]{5})1 1c\\12\$"
like "own_path follows TMPDIR" "$(TMPDIR=/var/tmp "$actor" names)" \
	' /var/tmp/ipc-lessons[.]'
long=$(printf '/%099d' 1)

# Names of errno, asked of the headers: the same for each C library, and also
# where the program is linked statically.
cat > "$tmp/names.c" <<'EOF'
#include "common/lesson.h"
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		puts(errno_name(atoi(argv[i])));
}
EOF
${CC:-cc} -std=gnu11 -I . -o "$tmp/names" "$tmp/names.c" || exit 1
echo '#include <errno.h>' | ${CC:-cc} -E -dM - |
	awk '$2 ~ /^E[A-Z0-9]+$/ && $3 ~ /^[0-9]+$/ { print $3, $2 }' |
	sort -n > "$tmp/header"
ok "the headers name more than 100 errors" \
	test "$(wc -l < "$tmp/header")" -gt 100
# A later kernel may have one more: that has its number until we name it.
# shellcheck disable=SC2094 # the list is read twice, never written
while read -r number name; do
	[ "$number" -le 134 ] || continue
	got=$("$tmp/names" "$number")
	grep -qx "$number $got" "$tmp/header" ||
		echo "$number is $name, not $got"
done < "$tmp/header" > "$tmp/wrong"
is "errno_name() knows each number of the headers" "$(cat "$tmp/wrong")" ""
is "of two names for one number it says the usual one" \
	"$("$tmp/names" 11 35 95 | tr '\n' ' ')" "EAGAIN EDEADLK EOPNOTSUPP "
is "it says the number where Linux has no name" \
	"$("$tmp/names" 0 4711 -1 | tr '\n' ',')" "0,errno 4711,errno -1,"
if ${CC:-cc} -std=gnu11 -I . -static -o "$tmp/static" "$tmp/names.c" \
	2> "$tmp/cannot"; then
	is "a static program says the same" "$("$tmp/static" 32)" EPIPE
else
	skip "a static program says the same" "there is no static C library"
fi

like "a TMPDIR that no socket could take is refused, with the cure" \
	"$(TMPDIR=$long "$actor" names 2>&1)" 'TMPDIR is too long.*TMPDIR=/tmp'
finish
