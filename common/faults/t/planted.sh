#!/bin/sh
# planted.sh - each kind of mistake that the sweeps are for, in a small program:
# the sweep that should find it finds it, and is content with the right way
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/stage && make -s -C common/faults || exit 1
build/inject -p true true > "$tmp/said" 2>&1 || {
	skip "the sweeps" "$(tail -n 1 "$tmp/said")"
	finish
	exit
}
tier=-A
build/stage -A true > /dev/null 2>&1 || tier=-B

# A plan for one program: what sweep lays out for a lesson
plan() # NAME
{
	plan=$tmp/plan-$1
	mkdir -p "$plan/folder"
	${CC:-cc} -std=gnu11 -Wall -o "$plan/folder/$1" "$tmp/$1.c" || exit 1
	cat > "$plan/settings" <<END
top='$PWD' folder=. words='./$1' names=$1 tier=$tier figures=''
END
	(cd "$plan/folder" && "$OLDPWD/build/inject" -p "$1" -o ../log \
		"$OLDPWD/build/stage" $tier -p -d . "./$1") > "$plan/out" \
		2> "$tmp/err" < /dev/null
	is "$1: it works where nothing happens" "$? $(cat "$tmp/err")" "0 "
}

outcome() # NAME CALL NTH WHAT
{
	call_words=. common/faults/case "$tmp/plan-$1" "$1.0" "$2" "$3" "$4" |
		cut -f 5
}

# --------------------------------------- a name that stays after a signal

cat > "$tmp/stays.c" <<'EOF'
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
	int fd = shm_open("/planted", O_CREAT | O_EXCL | O_RDWR, 0600);
	if (fd == -1) { perror("shm_open"); return 1; }
	if (ftruncate(fd, 10) == -1) perror("ftruncate");
	shm_unlink("/planted");
	return 0;
}
EOF
sed 's/^int main(void)$/#include <signal.h>\nstatic void end(int s) { shm_unlink("\/planted"); signal(s, SIG_DFL); raise(s); }\nint main(void)/
	s/^	int fd = /	signal(SIGTERM, end);\n&/' "$tmp/stays.c" > "$tmp/goes.c"
plan stays
plan goes
is "a missing unlink in a signal's way is found" \
	"$(outcome stays ftruncate 1 TERM)" leak
is "and with it all is well" "$(outcome goes ftruncate 1 TERM)" ended

# ------------------------------------------- EINTR that is not made again

cat > "$tmp/gives.c" <<'EOF'
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	char c;
	int fd[2];
	ssize_t n;
	if (pipe(fd) == -1 || write(fd[1], "x", 1) != 1) { perror("pipe"); return 1; }
	n = read(fd[0], &c, 1);
	if (n == -1) { perror("read: EINTR or so"); return 1; }
	return puts("one byte") == EOF;
}
EOF
sed 's/n = read(.*;/do n = read(fd[0], \&c, 1); while (n == -1 \&\& errno == EINTR);/' \
	"$tmp/gives.c" > "$tmp/again.c"
plan gives
plan again
is "an EINTR that is not made again is found" \
	"$(outcome gives read 1 EINTR)" gaveup
is "made again" "$(outcome again read 1 EINTR)" same

# ------------------------------------------------- a partner without an end

cat > "$tmp/waits.c" <<'EOF'
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	char c;
	int fd[2];
	if (pipe(fd) == -1) { perror("pipe"); return 1; }
	switch (fork()) {
	case -1: perror("fork"); return 1;
	case 0:
		close(KEPT);
		if (write(fd[1], "x", 1) != 1) perror("write");
		_exit(0);
	}
	close(CLOSED);
	if (read(fd[0], &c, 1) != 1) { puts("it has gone"); return 1; }
	while (wait(NULL) == -1) ;
	return puts("one byte") == EOF;
}
EOF
sed 's/KEPT/fd[0]/; s/CLOSED/fd[1]/' "$tmp/waits.c" > "$tmp/ends.c"
sed -i 's/KEPT/fd[0]/; s/CLOSED/-1/' "$tmp/waits.c"
plan waits
plan ends
killed() # NAME: its child, before it writes
{
	call_words=. common/faults/case "$tmp/plan-$1" "$1.1" write 1 KILL |
		cut -f 5
}
if [ $tier = -A ]; then
	is "a partner that waits for ever is found" "$(killed waits)" hang
	is "one that sees the end" "$(killed ends)" ended
else
	skip "a partner that waits for ever" "no namespaces here"
fi

# ------------------------------------------------ kill() of what fork() said

cat > "$tmp/minus.c" <<'EOF'
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	pid_t child = fork();
	if (child == 0) { pause(); _exit(0); }
	CHECK
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return puts("ended") == EOF;
}
EOF
sed 's/CHECK/if (child == -1) { perror("fork: EAGAIN"); return 1; }/' \
	"$tmp/minus.c" > "$tmp/looks.c"
sed -i '/CHECK/d' "$tmp/minus.c"
plan minus
plan looks
is "kill(-1) after a fork() that failed is found, and was not let" \
	"$(outcome minus clone 1 EAGAIN)" wild
is "who looks says it" "$(outcome looks clone 1 EAGAIN)" named

# -------------------------------------------------------------- the others

cat > "$tmp/short.c" <<'EOF'
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void)
{
	const char *text = "ten bytes\n";
	return write(1, text, strlen(text)) == -1;
}
EOF
plan short
is "half a write, and status 0, is found" "$(outcome short write 1 short)" wrong
is "an error that nobody names is found" "$(outcome short write 1 ENOSPC)" silent
is "a call that does not come" "$(outcome short write 2 EIO)" missed

cat > "$tmp/removed.c" <<'EOF'
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
int main(void)
{
	struct { long type; char text[4]; } m = { 1, "abc" };
	int q = msgget(IPC_PRIVATE, 0600);
	if (q == -1 || msgsnd(q, &m, 4, 0) == -1) { perror("msgsnd"); return 1; }
	if (msgrcv(q, &m, 4, 0, 0) == -1) {
		printf("msgrcv: %s\n", errno == EIDRM || errno == EINVAL ?
		       "EIDRM" : "another error");
		return 1;
	}
	return msgctl(q, IPC_RMID, NULL) == -1;
}
EOF
plan removed
is "the queue goes before msgrcv(), and it says so" \
	"$(outcome removed msgrcv 1 removed)" named

is "close() does not fail without closing" \
	"$(build/inject -p true -f true.0:close:1:EIO true 2>&1; echo $?)" \
	"inject: close() closes also when it fails, so this cannot be: \
'true.0:close:1:EIO'
125"
for bad in nonsense a.0:read:0:EIO a:read:1:EIO a.0:reads:1:EIO a.0:read:1:EFOO; do
	build/inject -p a -f $bad true > "$tmp/said" 2>&1
	is "inject -f $bad: one line, and its own status" \
		"$? $(wc -l < "$tmp/said")" "125 1"
done
is "the status of the command is kept" \
	"$(build/inject -p sh sh -c 'exit 7'; echo $?)" 7
finish
