#!/bin/sh
# browser.sh - the pages of build/book in a browser: light and dark, narrow and
# wide, without a script, as axe-core sees them; see browser.js
#
# It needs node, npm and chromium, and build/book: make test-book. It takes
# minutes, so it is no part of make test.
cd "$(dirname "$0")/../../.." || exit 1
set -u

none() # WHY
{
	echo "ok 1 # SKIP the book in a browser: $1"
	echo 1..1
	exit 0
}

for tool in node npm; do
	command -v "$tool" > /dev/null 2>&1 || none "there is no $tool"
done
CHROMIUM=${CHROMIUM:-$(command -v chromium || :)}
[ -n "$CHROMIUM" ] || none "there is no chromium"
export CHROMIUM
[ -e build/book/index.html ] || {
	echo "Bail out! There is no build/book: make test-book makes it"
	exit 1
}

# The versions are those of package-lock.json.
modules=build/book-test
mkdir -p "$modules" || exit
if ! cmp -s common/book/t/package-lock.json "$modules/done"; then
	cp common/book/t/package.json common/book/t/package-lock.json "$modules" || exit
	said=$(cd "$modules" && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --ignore-scripts \
		--no-audit --no-fund 2>&1) || none "npm ci: $(echo "$said" | head -1)"
	cp common/book/t/package-lock.json "$modules/done" || exit
fi
exec node common/book/t/browser.js build/book "$modules/node_modules"
