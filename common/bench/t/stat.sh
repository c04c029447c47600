#!/bin/sh
# stat.sh - the statistics on data whose answers are known
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s build/bench || exit 1
cat > "$tmp/stat.c" <<'END'
#include "common/bench/inside.h"
int main(void)
{
	double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 };
	double far[] = { 10, 10, 10, 10, 1000000 }, a[] = { 6, 8 };
	double b[] = { 2, 0 }, r[2], v[] = { 5, 9, 6, 8 }, kept[4] = { 0 };
	double pace[] = { 3.4, 5.1, 4.0, 4.1 };
	size_t n;
	uint32_t tail[101], one[] = { 7 };
	for (uint32_t i = 0; i < 101; i++)
		tail[i] = 1000 + 100 - i;
	ratios(a, b, r, 2);
	printf("%g %g %g %g\n", median(odd, 3), median(even, 4),
	       median(far, 5), median(odd, 0));
	printf("%g %g %g\n", lowest(odd, 3), highest(odd, 3), spread(odd, 3));
	printf("%g %g %g %g\n", percentile(tail, 101, 0),
	       percentile(tail, 101, 50), percentile(tail, 101, 99.5),
	       percentile(tail, 101, 100));
	printf("%g %g\n", percentile(one, 1, 99), percentile(one, 0, 50));
	printf("%g %g\n", r[0], r[1]);
	n = at_pace(v, pace, 4, 4.0, kept);
	printf("%zu %g %g %g\n", n, kept[0], kept[1], kept[2]);
	printf("%g %g %g\n", odd[0], odd[1], odd[2]);
	return 0;
}
END
"${CC:-cc}" -std=gnu11 -I . -o "$tmp/stat" "$tmp/stat.c" build/libbench.a \
	build/libstage.a -pthread -lrt || exit 1
out=$("$tmp/stat")
line() { echo "$out" | sed -n "$1p"; }
is "median: odd, even, one far away, none" "$(line 1)" "5 2.5 10 0"
is "lowest, highest, spread" "$(line 2)" "1 9 1.6"
is "percentiles, in proportion between two values" "$(line 3)" \
	"1000 1050 1099.5 1100"
is "of one value, and of none" "$(line 4)" "7 0"
is "ratios; nothing is divided by 0" "$(line 5)" "3 0"
is "values at full pace, in their order" "$(line 6)" "2 5 6 0"
is "the values stay as they were" "$(line 7)" "9 1 5"
finish
