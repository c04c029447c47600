#!/bin/sh
# mutants.sh - does make mutants alter what a sentence says, and see what stays
# green? And a sample of its mutants, of the lessons whose survivors are known.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
copy_course "$tmp/course"
made=lessons/88-made-up
mkdir -p "$tmp/course/$made"
cat > "$tmp/course/$made/claims.c" <<'EOC'
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../common/proof/claim.h"

enum { SIZE = 1 };

static void set_size(int fd, off_t size)
{
	HOLDS(ftruncate(fd, size) == 0);
}

CLAIM("L88-01 L88-02", "weak: nothing that is done is looked at")
{
	int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0600), status;
	char buf[4] = "abc";

	HOLDS(fd != -1);
	set_size(fd, 10);
	buf[0] = 'x';
	HOLDS(lseek(fd, SIZE, SEEK_SET) == SIZE || errno == EBADF);
	if (fork() == 0)
		_exit(0);
	HOLDS(wait(&status) > 0);
}

CLAIM("L88-03", "strong: the same is looked at")
{
	int fd = open("f", O_RDWR | O_CREAT, 0600), status = -1;
	char buf[4] = "abc";
	struct stat st;

	HOLDS(open("f", O_RDWR | O_CREAT | O_EXCL, 0600) == -1 &&
	      errno == EEXIST);
	set_size(fd, 10);
	HOLDS(fstat(fd, &st) == 0 && st.st_size == 10);
	buf[0] = 'x';		/* a comment: "write(" */
	HOLDS(buf[0] == 'x');
	if (fork() == 0)
		_exit(0);
	HOLDS(wait(&status) > 0 && status == 0);
	HOLDS(close(fd) == 0);
}

CLAIM("L88-04", "hangs, where a call is left out")
{
	int fd[2];
	char c;

	HOLDS(pipe(fd) == 0);
	HOLDS(write(fd[1], "x", SIZE) == SIZE);
	HOLDS(read(fd[0], &c, SIZE) == SIZE);
}

CLAIM("L88-05", "is skipped where it is not so")
{
	HOLDS(mkdir("there", 0700) == 0);
	if (access("there", F_OK) != 0)
		SKIP("there is no such folder");
}

CLAIM("L88-06", "not shown here")
{
	HOLDS(mkdir("there", 0700) == 0);
	SKIP("no %s here", "moon");
}

CLAIM("L88-07", "red as it is")
{
	HOLDS(mkdir("there", 0700) == 1);
	HOLDS(access("there", F_OK) == 0);
}

CLAIM("L88-08", "what makes no difference by its nature is left alone")
{
	int fd[2];
	char buf[8];

	HOLDS(pipe(fd) == 0);
	FAILS(lseek(fd[0], 0, SEEK_SET), ESPIPE);
	HOLDS(kill(getpid(), 0) == 0);
	EQUALS(write(fd[1], "abc", 3), 3);
	EQUALS(read(fd[0], buf, 8), 3);
	FAILS(waitpid(getpid(), NULL, WNOHANG), ECHILD);
	HOLDS(mkdir("there", 0700) == 0);
}

#define MAKES(call, name)			\
	do {					\
		HOLDS(call);			\
		HOLDS(access(name, F_OK) == 0);	\
	} while (0)

CLAIM("L88-09", "a macro acts, and looks at what comes of it")
{
	MAKES(mkdir("there", 0700) == 0, "there");
	HOLDS(access(".", F_OK) == 0);
}
EOC

# The sentence of one mutant of the weak proof
stays() # LINE KIND-AND-WHAT
{
	like "$2 is seen to stay green" "$out" \
		"^$made/claims.c:$1: $2: .*: L88-01 stays green$"
}

cd "$tmp/course" || exit 1
out=$(common/tools/mutants $made 2>&1)
is "what is listed makes it fail" $? 1
stays 18 'flag: O_EXCL is left out'
stays 22 'size: 10 is 11'
stays 22 'call: set_size\(\) is left out'
stays 23 'store: left out'
stays 24 'errno: EBADF is EPIPE'
stays 26 'status: a child ends with 1'
unlike "what is looked at turns red" "$out" ': L88-03 stays green'
unlike "one that hangs is killed" "$out" 'L88-04'
unlike "a macro still looks when its call is left out" "$out" 'L88-09'
like "a skip in place of a verdict is listed" "$out" \
	': call: mkdir\(\) is left out: .*: L88-05 is skipped only now$'
like "a proof that is red as it is, is named" "$out" \
	"^$made/claims.c:71: red as it is"
like "what is not shown here is counted" "$out" \
	' to look at; .* 2 of proofs that are not shown here$'
listed=$(printf '%s\n' "$out" | grep -c ': L88-0[0-9] ')
like "the sum fits the list" "$out" ", 0 explained, $listed to look at;"

# A reason takes it from the list, and one that is not needed is listed.
printf '%s\n' '# why' \
	'L88-01 size: 10 is 11: set_size(fd, 10); :: nobody looks' \
	'* store: left out :: nobody looks' \
	'L88-03 size: 10 :: it turns red' > $made/survivors
out=$(common/tools/mutants $made 2>&1)
unlike "a reason takes it from the list" "$out" ': (size: 10|store): '
like "and they are counted" "$out" " 2 explained, $((listed - 2)) to look at;"
like "a reason for nothing is listed" "$out" \
	"^$made/survivors: nothing survives: L88-03 size: 10$"

# What it does not alter
list=$(common/tools/mutants -l $made)
unlike "what a proof compares with is left alone" "$list" 'size: -?1 is'
unlike "so is the clean-up at its end" "$list" 'close\(\) is left out'
altered() # ID: what is altered in its proof
{
	printf '%s\n' "$list" | sed -n "s/^[^:]*:[0-9]*: \(.*\): $1$/\1/p"
}
is "nor what makes no difference by its nature" "$(altered L88-08)" \
	'size: 3 is 4: EQUALS(write(fd[1], "abc", 3), 3);
call: write() is left out: EQUALS(write(fd[1], "abc", 3), 3);'
is "of a macro it is the call that is left out" "$(altered L88-09)" \
	'call: mkdir() is left out: MAKES(mkdir("there", 0700) == 0, "there");'
drawn() # SEED: five mutants, without the line that names the seed
{
	common/tools/mutants -l -n 5 -s "$1" $made | grep -v '^#'
}
like "a sample has as many as were asked for" "$(drawn 9 | wc -l)" '^5$'
is "it is the same with the same seed" "$(drawn 9)" "$(drawn 9)"
isnt "and another with another" "$(drawn 9)" "$(drawn 10)"
is "no lesson: one line" "$(common/tools/mutants lessons/89 2>&1; echo $?)" \
	"mutants: lessons/89 is no lesson: there is no claims.c
2"
is "no number: one line" "$(common/tools/mutants -n 0 $made 2>&1; echo $?)" \
	"mutants: '0' is no number above 0
2"
# The sample
cd "$OLDPWD" || exit 1
set --
for f in lessons/*/survivors; do
	set -- "$@" "${f%/survivors}"
done
is "of a sample nothing survives without a reason" \
	"$(common/tools/mutants -n 8 "$@" 2>&1 | grep ' L*[0-9][0-9-]* [shi]')" ""
finish
