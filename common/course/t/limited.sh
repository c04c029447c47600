#!/bin/sh
# limited.sh - sources that keep a compiler busy end soon, and with a sentence;
# what is no work of one's own is refused
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

top=$tmp/course ex=01-pipe/close-the-ends
copy_course "$top"
copy_exercise "$top" $ex
cd "$top" || exit 1
make -s course || exit 1
file=exercises/$ex/count.c
MEMORY=no COMPILER_SECONDS=2
export MEMORY COMPILER_SECONDS

# Build what stands in FILE now: what is said, in one line, and the status.
built()
{
	begin=$(date +%s)
	said=$(common/course/build $ex $file "$tmp/out" 2>&1)
	status=$?
	took=$(($(date +%s) - begin))
	said=$(echo "$said" | tail -n 1)
}

stopped() # NAME
{
	built
	is "$1: it does not compile" $status 1
	case $("${CC:-cc}" --version) in
	*clang*) ;;		# finds some of these by itself, and says so
	*) like "$1: a sentence says why" "$said" '^The compiler was stopped' ;;
	esac
	ok "$1: after $took seconds, not more than 60" [ $took -le 60 ]
	is "$1: nothing is left" "$(find "$tmp/out" -size +20000k)" ""
}

printf '#include "count.c"\n#include "count.c"\nint main(void) { }\n' > $file
stopped "a file that includes itself"
echo '#include "/dev/zero"' > $file
stopped "a file without an end"
{
	echo '#define A0 x;'
	for i in $(seq 30); do
		echo "#define A$i A$((i - 1)) A$((i - 1))"
	done
	echo 'int main(void) { int x; A30 }'
} > $file
stopped "a macro that is doubled 30 times"
echo 'char large[8L << 30] = { 1 }; int main(void) { return large[0]; }' > $file
stopped "an array of 8 GiB that has a value"

echo 'int main(void) { return signal(too, large, out_of_memory); }' > $file
built
is "an ordinary mistake is told by the compiler alone" \
	"$status $(echo "$said" | grep -c stopped)" "1 0"

# ------------------------------------------------------- not one's own

echo "#include \"../../../solutions/$ex/count.c\"" > $file
built
is "our solution, included: status 1" $status 1
like "our solution, included: refused" "$said" 'includes it. Write your own'
ln -sf "../../../solutions/$ex/count.c" $file
built
like "a link to our solution is refused" "$said" 'is our solution, or'
rm $file
ln -s "$top/solutions/$ex/count.c" "exercises/$ex/mine.h"
echo '#include "mine.h"' > $file
built
like "an include of a link, too" "$said" 'includes it. Write your own'
rm "exercises/$ex/mine.h"

# ----------------------------------------------- a checker that is another

awk -v want=solution -f common/course/cut.awk solutions/$ex/count.c > $file
built
is "a right answer compiles" "$status $said" "0 "
cp "$tmp/out/check" "$tmp/check"
printf '#!/bin/sh\nexit 0\n' > "$tmp/out/check"
built
ok "a checker that somebody has replaced is built anew" \
	cmp -s "$tmp/check" "$tmp/out/check"
finish
