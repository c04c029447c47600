#!/bin/sh
# names.sh - the names of signals, the same for each C library
#
# The program is linked statically where that can be done: whatever stage would
# ask of one C library only is missing then.
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

cat > "$dir/names.c" <<'EOF'
#define _GNU_SOURCE
#include <stdio.h>
#include "words.h"
int main(void)
{
	for (int sig = 1; sig <= 31; sig++)
		puts(signal_name(sig));
	puts(signal_name(64));
	return 0;
}
EOF
for static in -static ''; do
	# shellcheck disable=SC2086 # CC may carry options
	${CC:-cc} -std=gnu11 $static -I common/why -o "$dir/names" "$dir/names.c" \
		common/why/words.c 2> "$dir/cannot" && break
done
"$dir/names" > "$dir/got"
for n in $(seq 31); do
	echo "SIG$(kill -l "$n")"
done > "$dir/said"
# Number 29 has two names; some shells have none for 16.
sed 's/^SIGPOLL$/SIGIO/; s/^SIG16$/SIGSTKFLT/' "$dir/said" > "$dir/want"
is "signals 1 to 31 have the names that the shell gives them" \
	"$(head -n 31 "$dir/got")" "$(cat "$dir/want")"
is "a realtime signal is a number" "$(tail -n 1 "$dir/got")" "signal 64"
finish
