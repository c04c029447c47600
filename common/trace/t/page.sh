#!/bin/sh
# page.sh - trace -p: a run whose order is forced, in words that stay
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

# On a busy machine the end of a child may come to its parent a step later: until
# strace has seen it, the parent waits. So a picture counts when three runs, one
# after the other, have drawn it.
page() # OPTION... COMMAND: what is drawn becomes $svg, what is said $text
{
	svg=none
	alike=1
	for _ in $(seq 20); do
		before=$svg
		text=$("$trace" -p -o "$out" "$@" 2>&1)
		# shellcheck disable=SC2034
		status=$?
		svg=$(cat "$out.svg" 2> /dev/null)
		[ "$svg" = "$before" ] && alike=$((alike + 1)) || alike=1
		[ $alike -lt 3 ] || break
	done
	rows=$(printf '%s\n' "$svg" | sed -n 's/^<g data-row="\(.*\)"\/>$/\1/p')
}

like "a call that is none to yield after" "$("$trace" -p -y moon true 2>&1)" \
	"^trace: -y: 'moon' is no call after which a program can yield"
like "a file has no order" "$("$trace" -p -r /dev/null 2>&1)" \
	'^trace: -p is for programs, not for a file'

# A child writes twice, and its parent reads all the time.
cat > "$tmp/two.c" << 'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	int fd[2];
	char c;

	if (pipe(fd) == -1)
		return 1;
	if (fork() == 0) {
		if (write(fd[1], "a", 1) != 1)
			_exit(1);
		if (write(fd[1], "b", 1) != 1)
			_exit(1);
		_exit(0);
	}
	close(fd[1]);
	while (read(fd[0], &c, 1) == 1)
		;
	return wait(NULL) == -1;
}
END
${CC:-cc} -o "$tmp/two" "$tmp/two.c" || exit 1

page -n "two" "$tmp/two"
case $text in
*'no strace'*|*'may not trace'*|*'cannot be held'*)
	skip "a forced order" "$text"
	finish
	exit
	;;
esac
is "a page is drawn, and says nothing" "$status$text" 0
is "each goes on until it sleeps, and arrows say why" "$rows" 'two: pipe
two: fork
two: close
two: waits: read
child: write
two: goes on: read, ended by row 1 of child
child: write
two: read
two: read
two: waitpid'
like "its words are of the C library, and a process has a name" "$svg" \
	'>fork\(\) = child<'
unlike "no process id, no address, no time" \
	"$(printf '%s\n' "$svg" | sed -n 's/<text[^>]*>//p')" '[0-9]{4}|0x| ms'
same=yes
kept=$svg
for run in 1 2 3; do
	: "$run"
	page -n "two" "$tmp/two"
	[ "$svg" = "$kept" ] || same=no
done
is "another run is the same picture" $same yes

page -y write "$tmp/two"
is "with -y the other one goes on after a write" "$rows" 'two: pipe
two: fork
two: close
two: waits: read
child: write
two: goes on: read, ended by row 1 of child
two: waits: read
child: write
two: goes on: read, ended by row 2 of child
two: waits: read
child: exit
two: goes on: read, ended by row 3 of child
two: waitpid'
page -x 'close read-' "$tmp/two"
unlike "with -x a call is left out" "$rows" 'close'
unlike "and with a - one that neither waits nor wakes" "$rows" 'two: read'
like "but not its wait" "$rows" 'two: waits: read'
page -t 1 sleep 100
like "a run that comes to no end is no picture" "$text" \
	'^trace: the run went wrong: sleep .process [0-9]+. '
is "and a failure" $status 2
is "nothing is left in build/" "$(ls -d build/tmp.* 2> /dev/null)" ""
finish
