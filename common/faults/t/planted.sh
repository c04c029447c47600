#!/bin/sh
# planted.sh - each kind of mistake that the sweeps are for, put back on purpose:
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

built=
# A plan for one program: what sweep lays out for a lesson
plan() # NAME
{
	plan=$tmp/plan-$1
	mkdir -p "$plan/folder"
	${CC:-cc} -std=gnu11 -w -o "$plan/folder/$1" "${built:-$tmp/$1.c}" || exit 1
	built=
	cat > "$plan/settings" <<END
top='$PWD' folder=. words='./$1' names=$1 tier=$tier figures=''
END
	(cd "$plan/folder" && "$OLDPWD/build/inject" -p "$1" -o ../log \
		"$OLDPWD/build/stage" $tier -p -d . "./$1") > "$plan/out" \
		2> "$tmp/err" < /dev/null
	is "$1: it works where nothing happens" "$? $(cat "$tmp/err")" "0 "
}

outcome() # NAME CALL NTH WHAT [K: the K-th process of this name]
{
	common/faults/case "$tmp/plan-$1" "$1.${5:-0}" "$2" "$3" "$4" . | cut -f 5
}

# --------------------------------- four mistakes, in programs of the course

# A program of a lesson, built as it is, or altered: NAME is then another one.
lesson_with() # NAME LESSON/FILE [SCRIPT-OF-SED]
{
	mkdir -p "$tmp/$1/lessons/NN/experiments" "$tmp/$1/common"
	cp common/lesson.h common/experiment.h "$tmp/$1/common"
	# shellcheck disable=SC2086 # a pattern
	cp lessons/$2 "$tmp/$1/lessons/NN/experiments/$1.c"
	case $2 in
	*/experiments/*) ;;
	*) sed -i 's,"../../common,"../../../common,' \
		"$tmp/$1/lessons/NN/experiments/$1.c" ;;
	esac
	cat "$tmp/$1/common/lesson.h" "$tmp/$1/lessons/NN/experiments/$1.c" \
		> "$tmp/before"
	[ -z "${3:-}" ] ||
		sed -i "$3" "$tmp/$1/common/lesson.h" \
			"$tmp/$1/lessons/NN/experiments/$1.c"
	[ -z "${3:-}" ] || ! cat "$tmp/$1/common/lesson.h" \
		"$tmp/$1/lessons/NN/experiments/$1.c" | cmp -s - "$tmp/before" ||
		is "$1: the alteration finds its place" no yes
	built=$tmp/$1/lessons/NN/experiments/$1.c
	plan "$1"
}

# A name that stays after a signal
lesson_with asis02 02-*/experiments/eof.c
lesson_with left02 02-*/experiments/eof.c \
	'/^static inline void lesson_signal/,/^}/ s/lesson_end();//'
is "02-eof: SIGTERM, and its FIFO goes" "$(outcome asis02 read 1 TERM)" ended
is "02-eof, whose handler removes nothing, is found" \
	"$(outcome left02 read 1 TERM)" leak

# EINTR that is not made again
lesson_with asis09 09-*/experiments/again.c
lesson_with gave09 09-*/experiments/again.c 's/if (errno != EINTR)/if (1)/'
is "09-again: a wait that was interrupted goes on" \
	"$(outcome asis09 semtimedop 2 EINTR 1)" same
is "09-again, without the look at EINTR, is found" \
	"$(outcome gave09 semtimedop 2 EINTR 1)" gaveup

# A partner without an end
if [ $tier = -A ]; then
	lesson_with asis03 03-*/experiments/stays.c
	lesson_with stay03 03-*/experiments/stays.c '/if (!end_with_parent/,+1d'
	is "03-stays: its child ends with it" "$(outcome asis03 msgctl 2 KILL)" \
		ended
	is "03-stays, whose child stays behind, is found" \
		"$(outcome stay03 msgctl 2 KILL)" hang
else
	skip "a child that stays behind" "no namespaces here"
fi

# kill() of what fork() said when it failed: -1 is every process
lesson_with asis16 16-*/experiments/deaf.c
lesson_with wild16 16-*/experiments/deaf.c \
	'/fork();/,/die("fork")/ { /if (child == -1)/d; /die("fork")/d }'
is "16-deaf: fork() fails, and it says so" "$(outcome asis16 clone 1 EAGAIN)" named
is "16-deaf, which kills what fork() said, is found" \
	"$(outcome wild16 clone 1 EAGAIN)" wild

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
