#!/bin/sh
# builtins.sh - whatever the compiler calls with -fsanitize=thread, shake has
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/shake || exit 1
cc=${CC:-cc}

nm build/shake.o | sed -n 's/.* T \(__tsan_\)/\1/p' | sort > "$tmp/ours"

# The names stand in the compiler: gcc has them whole. Those of C++ alone
# (vptr) are left out, and 128 bits where shake.c says so.
case $(uname -m) in
x86_64) wide=none ;;
*) wide=atomic128 ;;
esac
cc1=$($cc -print-prog-name=cc1 2> /dev/null)
if command -v strings > /dev/null && [ -x "$cc1" ]; then
	strings "$cc1" | grep -o '^__tsan_[a-z_]*[0-9a-z_]*[0-9a-z]$' |
		grep -v "vptr\|$wide" | sort -u > "$tmp/theirs"
	ok "the compiler's names are found" \
		grep -qx __tsan_atomic32_fetch_nand "$tmp/theirs"
	is "shake has each of them" \
		"$(comm -13 "$tmp/ours" "$tmp/theirs" | tr '\n' ' ')" ""
else
	skip "shake has each name of the compiler" "$cc is not gcc"
fi

# A program that uses them all, with the sums that they must give.
cat > "$tmp/p.c" <<'EOF'
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CHECK(expr) \
	do { if (!(expr)) { printf("%s, of %zu bytes\n", #expr, \
		sizeof(n)); return 1; } } while (0)
#define ALL(T, name) \
static int name(void) \
{ \
	static volatile T n; \
	T want = 3, got; \
	\
	__atomic_store_n(&n, 5, __ATOMIC_RELEASE); \
	CHECK(__atomic_load_n(&n, __ATOMIC_ACQUIRE) == 5); \
	CHECK(__atomic_exchange_n(&n, 6, __ATOMIC_ACQ_REL) == 5); \
	CHECK(__atomic_fetch_add(&n, 2, __ATOMIC_RELAXED) == 6); \
	CHECK(__atomic_fetch_sub(&n, 1, __ATOMIC_RELAXED) == 8); \
	CHECK(__atomic_fetch_and(&n, 6, __ATOMIC_RELAXED) == 7); \
	CHECK(__atomic_fetch_or(&n, 1, __ATOMIC_RELAXED) == 6); \
	CHECK(__atomic_fetch_xor(&n, 2, __ATOMIC_RELAXED) == 7); \
	CHECK(__atomic_fetch_nand(&n, 1, __ATOMIC_RELAXED) == 5); \
	CHECK(n == (T)~(T)1); \
	CHECK(__atomic_nand_fetch(&n, 0, __ATOMIC_SEQ_CST) == (T)~(T)0); \
	CHECK(__atomic_add_fetch(&n, 4, __ATOMIC_SEQ_CST) == 3); \
	CHECK(!__atomic_compare_exchange_n(&n, &(T){ 9 }, 1, 0, \
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
	CHECK(__atomic_compare_exchange_n(&n, &want, 1, 0, \
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
	want = 1; \
	while (!__atomic_compare_exchange_n(&n, &want, 2, 1, \
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) \
		; \
	CHECK(__sync_fetch_and_add(&n, 3) == 2); \
	CHECK(__sync_val_compare_and_swap(&n, 5, 8) == 5); \
	CHECK(__sync_bool_compare_and_swap(&n, 8, 9)); \
	CHECK(__sync_lock_test_and_set(&n, 1) == 9); \
	CHECK(__sync_nand_and_fetch(&n, 1) == (T)~(T)1); \
	__sync_lock_release(&n); \
	got = n; \
	CHECK(got == 0); \
	return 0; \
}
ALL(uint8_t, bits8)
ALL(uint16_t, bits16)
ALL(uint32_t, bits32)
ALL(uint64_t, bits64)
#if defined __x86_64__
ALL(unsigned __int128, bits128)
#else
#define bits128() 0
#endif

struct packed { char c; uint16_t a; uint32_t b; uint64_t d; }
	__attribute__((packed));
struct large { char text[300]; };

int main(void)
{
	static volatile struct packed p;
	static struct large from, to;
	static atomic_flag flag = ATOMIC_FLAG_INIT;
	static _Bool set;

	p.a++, p.b++, p.d++, p.c++;
	to = from;
	memset(&to, 1, sizeof to);
	memcpy(&from, &to, sizeof to);
	memmove(&from.text[1], &from.text[0], sizeof to - 1);
	if (atomic_flag_test_and_set(&flag) ||
	    __atomic_test_and_set(&set, __ATOMIC_SEQ_CST))
		return 1;
	atomic_flag_clear(&flag);
	__atomic_clear(&set, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__sync_synchronize();
	return bits8() || bits16() || bits32() || bits64() || bits128() ||
	       from.text[299] != 1;
}
EOF
wide=
[ "$(uname -m)" != x86_64 ] || wide=-mcx16
for compiler in "$cc" gcc clang; do
	command -v $compiler > /dev/null || continue
	for o in -O0 -O1 -O2 -O3; do
		is "$compiler $o: each builtin is there, and does its work" \
			"$(CC=$compiler common/shake/build "$tmp/p.c" \
				"$tmp/p" $wide $o 2>&1 && "$tmp/p" && echo ok)" ok
	done
done
finish
