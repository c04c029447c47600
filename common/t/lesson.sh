#!/bin/sh
# lesson.sh - what common/lesson.h and experiment.h promise to the programs
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

mkdir "$tmp/one" "$tmp/two"
cat > "$tmp/actor.c" <<'EOF'
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>
#include "common/experiment.h"

/* COUNT pages of memory that nobody has stored into yet, and no huge ones. Each
 * of them may be a mapping of its own. */
static char *pages(size_t count)
{
	char *at = mmap(NULL, count * size_of_page(), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	(void)madvise(at, count * size_of_page(), MADV_NOHUGEPAGE);
	return at;
}

/* Pages 1 and 2 of 5 are a mapping of their own, for they may be read only. */
static int about(const char *name)
{
	size_t page = size_of_page();
	char *at = pages(5), *end;
	char text[ABOUT_MAPPING];

	at[page] = 1;
	mprotect(at + page, 2 * page, PROT_READ);
	end = about_mapping(at + 2 * page, name, text);
	printf("%d,%s\n", (int)((end - at) / (int)page),
	       text + strspn(text, " "));
	return 0;
}

static int look_at_pages(const char *act)
{
	size_t page = size_of_page();
	char *at = pages(4);
	struct stat st;

	if (strcmp(act, "page") == 0)
		printf("%zu\n", page);
	if (strcmp(act, "table") == 0) {
		at[page] = 1;
		at[3 * page] = 1;
		printf("%d", in_my_table(at, 4));
		printf("%d", in_my_table(at + page, 2));
		printf("%d\n", in_my_table(at, 1));
	}
	if (strcmp(act, "multiple") == 0)
		for (size_t from = 4095; from < 4099; from++)
			printf("%zu ", (size_t)at_multiple((char *)from, 4096));
	if (strcmp(act, "disk") == 0) {
		int fd = file_on_disk(10000);
		char byte = 1;

		if (fstat(fd, &st) == -1)
			die("fstat");
		if (pread(fd, &byte, 1, 9999) != 1)
			die("pread");
		make_cold(fd);
		printf("%d bytes, byte %d, links %d\n", (int)st.st_size, byte,
		       (int)st.st_nlink);
	}
	if (strcmp(act, "huge") == 0) {
		size_t size = size_of_huge_page();
		long before = on_huge_pages(), more;

		at = at_multiple(pages(2 * size / page), size);
		(void)madvise(at, size, MADV_HUGEPAGE);
		memset(at, 1, size);
		if (madvise(at, size, 25) == -1) {	/* MADV_COLLAPSE */
			say("skipped: no huge page: %s", errno_name(errno));
			return 0;
		}
		more = on_huge_pages() - before;
		printf("%ld of a huge page\n", more * 1024 / (long)size);
	}
	return 0;
}

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
	if (strcmp(act, "about") == 0)
		return about(argv[2]);
	if (strcmp(act, "look") == 0)
		return look_at_pages(argv[2]);
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


# What experiment.h asks the kernel about pages
is "size_of_page() says what the system says" "$("$actor" look page)" \
	"$(getconf PAGESIZE)"
is "at_multiple() goes to the next multiple, and stays on one" \
	"$("$actor" look multiple)" "4096 4096 8192 8192 "

thp=/sys/kernel/mm/transparent_hugepage
# Such a line is no failure: this system lacks what is looked at.
asked() # NAME EXPECTED WORD...
{
	name=$1 expected=$2
	shift 2
	got=$("$actor" "$@" 2>&1)
	case $got in
	*'| skipped: '*) skip "$name" "${got#*skipped: }" ;;
	*) is "$name" "$got" "$expected" ;;
	esac
}

asked "in_my_table() counts the pages that were stored into, and no others" \
	210 look table
asked "about_mapping() finds the line of the mapping, and its end" \
	"3,$((2 * $(getconf PAGESIZE) / 1024)) kB" about Size
asked "it takes the whole name, and the mapping that it was asked for" \
	"3,$(($(getconf PAGESIZE) / 1024)) kB" about Rss
is "a line that smaps does not have ends the program" \
	"$("$actor" about Siz 2>&1 | sed 's/ for .*//')" \
	"actor: /proc/self/smaps has no line Siz"
asked "file_on_disk() gives a file of zeros without a name" \
	"10000 bytes, byte 0, links 0" look disk
is "a TMPDIR that is not there is named" \
	"$(TMPDIR=/no/folder "$actor" look disk 2>&1)" \
	"actor: there is no folder /no/folder; set TMPDIR to one"
asked "on_huge_pages() sees a huge page" "1 of a huge page" look huge
if unshare -rm true 2> "$tmp/cannot"; then
	is "without what an experiment looks at, it is skipped" \
		"$(unshare -rm sh -c 'mount -t tmpfs none /sys && exec "$@"' \
		   sh "$actor" look huge 2>&1 | sed 's/; .*//')" \
		"actor    | skipped: there is no $thp/hpage_pmd_size"
else
	skip "without what an experiment looks at, it is skipped" \
		"$(cat "$tmp/cannot")"
fi

like "a TMPDIR that no socket could take is refused, with the cure" \
	"$(TMPDIR=$long "$actor" names 2>&1)" 'TMPDIR is too long.*TMPDIR=/tmp'
finish
