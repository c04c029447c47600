#!/bin/sh
# aliases.sh - is a wrapped call wrapped under all its names?
#
# With _FILE_OFFSET_BITS, _TIME_BITS and _FORTIFY_SOURCE a program calls
# open64(), __fcntl_time64(), __read_chk() where its source says open(), fcntl(),
# read(). The C library's list of symbols has these names: those that stand for
# the same code, and those that differ in what such options add.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/shake || exit 1
cc=${CC:-cc}

# The names that a program can be linked to: no old versions, nothing private
symbols() # LIBRARY: "ADDRESS NAME"
{
	nm -D "$1" | awk '$2 ~ /^[TWi]$/ {
		name = $3
		if (name ~ /@GLIBC_PRIVATE/ || name ~ /[^@]@[^@]/)
			next
		sub(/@@.*/, "", name)
		print $1, name
	}'
}

# Those of SYMBOLS that stand for a name of WRAPPED, and are not in it
missing() # WRAPPED SYMBOLS
{
	awk 'NR == FNR { wrapped[$1] = 1; next }
		{ at[$2] = $1 }
		$2 in wrapped { code[$1] = 1 }
		END {
			for (name in at) {
				plain = name
				sub(/^__(libc_)?/, "", plain)
				sub(/_chk$/, "", plain)
				sub(/_2$/, "", plain)
				sub(/_np$/, "", plain)
				sub(/_time64$/, "", plain)
				sub(/64$/, "", plain)
				if (!(name in wrapped) &&
				    (plain in wrapped || at[name] in code))
					print name
			}
		}' "$1" "$2" | sort | tr '\n' ' '
}

sed 's/^-Wl,--wrap=//' build/shake.wrap > "$tmp/wrapped"
libc=$($cc -print-file-name=libc.so.6)
[ -e "$libc" ] || libc=$($cc -print-file-name=libc.so)
symbols "$libc" > "$tmp/symbols"
ok "the C library's symbols are found" grep -q ' read$' "$tmp/symbols"
is "each alias is wrapped" "$(missing "$tmp/wrapped" "$tmp/symbols")" ""

# That of programs of 32 bits has more of them.
lib32=$($cc -m32 -print-file-name=libc.so.6 2> /dev/null)
[ -e "$lib32" ] || for lib32 in /lib32/libc.so.6 /lib/i386-linux-gnu/libc.so.6
do
	[ ! -e "$lib32" ] || break
done
if [ -e "$lib32" ] && symbols "$lib32" | grep -q '__fcntl_time64$'; then
	symbols "$lib32" > "$tmp/symbols32"
	is "and each of 32 bits" "$(missing "$tmp/wrapped" "$tmp/symbols32")" ""
else
	skip "and each of 32 bits" "there is no such library; apt-get install libc6-i386"
fi

# ------------------------------------------------ such a program is reached

cat > "$tmp/p.c" <<'EOF'
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[] = "/tmp/shakeXXXXXX", *buf = malloc((size_t)argc * 8);
	int fd = mkstemp(path);
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { fd, POLLIN, 0 } };
	struct timespec now;
	struct stat st;
	int again;

	unlink(path);
	again = open("/dev/null", O_RDWR + (argc > 5) * O_APPEND);
	ftruncate(fd, 4096);
	posix_fallocate(fd, 0, 4096);
	lseek(fd, 0, SEEK_SET);
	fstat(fd, &st);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL));
	read(fd, buf, (size_t)argc);
	pread(fd, buf, (size_t)argc, 0);
	pwrite(fd, buf, (size_t)argc, 0);
	poll(p, (nfds_t)argc, 0);
	mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	memcpy(buf, argv, (size_t)argc);
	clock_gettime(CLOCK_REALTIME, &now);
	return again == -1 || now.tv_sec == 0;
}
EOF
reached() # OPTION...
{
	rm -f "$tmp/log"
	common/shake/build "$tmp/p.c" "$tmp/p" -O1 -w "$@" || return
	SHAKE_LOG=$tmp/log "$tmp/p"
	cut -d' ' -f2 "$tmp/log" | sort | tr '\n' ' '
}
want="fcntl fcntl fstat ftruncate lseek mmap open poll posix_fallocate pread \
pwrite read unlink "
is "plain" "$(reached)" "$want"
is "_FILE_OFFSET_BITS=64" "$(reached -D_FILE_OFFSET_BITS=64)" "$want"
is "_TIME_BITS=64" "$(reached -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)" "$want"
{
	echo '#undef _FORTIFY_SOURCE'
	echo '#define _FORTIFY_SOURCE 2'
	cat "$tmp/p.c"
} > "$tmp/q.c"
mv "$tmp/q.c" "$tmp/p.c"
is "_FORTIFY_SOURCE=2 in the source" "$(reached -O2)" "$want"

# Where programs of 32 bits can be built, they are shaken as well.
echo '#include <errno.h>' > "$tmp/e.c"
if $cc -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -o "$tmp/e" -x c - \
	-include "$tmp/e.c" 2> /dev/null <<'EOF'
int main(void) { return 0; }
EOF
then
	mkdir -p "$tmp/32/common" "$tmp/32/build"
	cp -R common/shake common/tools common/build.mk "$tmp/32/common"
	make -s -C "$tmp/32/common/shake" CC="$cc -m32"
	for bits in "" "-D_FILE_OFFSET_BITS=64" \
		"-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"; do
		rm -f "$tmp/log"
		# shellcheck disable=SC2086 # options
		CC="$cc -m32" "$tmp/32/common/shake/build" "$tmp/p.c" \
			"$tmp/p32" -O2 -w $bits
		SHAKE_LOG=$tmp/log "$tmp/p32"
		is "-m32 $bits" "$(cut -d' ' -f2 "$tmp/log" | sort |
			tr '\n' ' ')" "$want"
	done
else
	skip "-m32" "no programs of 32 bits here; apt-get install gcc-multilib"
fi
finish
