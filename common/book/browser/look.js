// look.js - opens the pages of the book in a browser, and looks at them
//
//	node look.js BOOK MODULES
//
// BOOK is the folder of the book, MODULES where puppeteer-core and axe-core are
// installed. In the environment: ALL=1 looks at each page in each way; else
// SAMPLE=n pages beside one of each kind, chosen by SEED=n. CHROMIUM=file is the
// browser. ONLY=word looks at the pages with this in their names. SHOTS=folder
// keeps pictures of some pages. Output is TAP 13.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");

const [book, modules] = process.argv.slice(2).map((name) => path.resolve(name));
const puppeteer = require(path.join(modules, "puppeteer-core"));
const axe = fs.readFileSync(path.join(modules, "axe-core/axe.min.js"), "utf8");

const ALL = process.env.ALL === "1";
const SAMPLE = number("SAMPLE", 12);
const SEED = number("SEED", 1);
const SHOTS = process.env.SHOTS;

// One of each kind of page: looked at in each way, each time.
const KINDS = ["index.html", "about.html", "words.html", "cheat-sheet.html",
	"docs/when-it-hangs.html", "docs/ledger.html", "docs/limits.html",
	"lessons/index.html", "lessons/01-pipe/index.html",
	"lessons/01-pipe/programs.html",
	"lessons/01-pipe/sources.html", "lessons/01-pipe/proofs.html",
	"exercises/01-pipe/close-the-ends/index.html"];
const WAYS = [[360, "light"], [360, "dark"], [1280, "light"], [1280, "dark"]];

let count = 0;
let failed = 0;

function number(name, otherwise) {
	const text = process.env[name] || String(otherwise);
	if (!/^\d{1,9}$/.test(text)) {
		console.error(`${name}=${text}: write a number, such as ${otherwise}`);
		process.exit(2);
	}
	return Number(text);
}

function ok(good, what, more) {
	count++;
	failed += good ? 0 : 1;
	console.log(`${good ? "ok" : "not ok"} ${count} - ${what}`);
	for (const line of good ? [] : more)
		console.log(`#   ${line}`);
}

function pages_of(folder) {
	// 404.html is for a server: its links begin at the root of the site.
	return fs.readdirSync(folder, { recursive: true })
		.filter((name) => name.endsWith(".html") && name !== "404.html")
		.sort();
}

// The same sample for the same seed, on each machine.
function sample(names, size) {
	let state = SEED * 2654435761 + 1;
	const left = [...names];
	const out = [];
	while (out.length < size && left.length > 0) {
		state = (state * 1103515245 + 12345) % 2147483648;
		out.push(left.splice(state % left.length, 1)[0]);
	}
	return out;
}

// What runs within the page: what is wrong with its layout, in words.
function layout() {
	const out = [];
	const root = document.scrollingElement;
	const shown = (box) => box.width > 1 && box.height > 1;
	const name = (one) => {
		const id = one.id ? "#" + one.id : "";
		const kind = typeof one.className === "string" && one.className
			? "." + one.className.split(" ")[0] : "";
		return one.localName + id + kind + " \"" +
			one.textContent.trim().slice(0, 30).replace(/\s+/g, " ") + "\"";
	};

	if (root.scrollWidth > innerWidth) {
		const moves = (one) => one !== document.body && one !== root && one &&
			(getComputedStyle(one).overflowX !== "visible" ||
			 moves(one.parentElement));
		const wide = [...document.body.querySelectorAll("*")].filter((one) =>
			one.getBoundingClientRect().right > innerWidth + 1 &&
			!moves(one.parentElement));
		out.push(`scrolls sideways: ${root.scrollWidth} of ${innerWidth} ` +
			`pixels, as ${wide.slice(0, 3).map(name).join(", ")}`);
	}

	// Blocks of text that follow each other in the flow must not overlap.
	const main = document.querySelector("article") ||
		document.querySelector("main");
	const blocks = [...(main ? main.querySelectorAll(
		"h1, h2, h3, p, pre, table, ul, ol, figure, details") : [])]
		// What is folded has a place, but is not seen.
		.filter((one) => one.checkVisibility({
			contentVisibilityAuto: true, visibilityProperty: true }));
	const boxes = blocks.map((one) => one.getBoundingClientRect());
	for (let i = 0; i + 1 < blocks.length; i++) {
		for (let k = i + 1; k < blocks.length && k < i + 6; k++) {
			const a = boxes[i];
			const b = boxes[k];
			if (!shown(a) || !shown(b) || blocks[i].contains(blocks[k]))
				continue;
			const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
			const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
			if (across > 2 && down > 2)
				out.push(`overlap: ${name(blocks[i])}, ${name(blocks[k])}`);
		}
	}

	// In a picture words may not lie on other words.
	for (const svg of document.querySelectorAll("figure svg")) {
		const words = [...svg.querySelectorAll("text")]
			.map((one) => [one, one.getBoundingClientRect()])
			.filter(([, box]) => shown(box));
		for (let i = 0; i < words.length; i++)
			for (let k = i + 1; k < words.length; k++) {
				const [a, b] = [words[i][1], words[k][1]];
				const across = Math.min(a.right, b.right) -
					Math.max(a.left, b.left);
				const down = Math.min(a.bottom, b.bottom) -
					Math.max(a.top, b.top);
				if (across > 3 && down > 0.4 * Math.min(a.height, b.height))
					out.push("overlap in a picture: " +
						`${name(words[i][0])}, ${name(words[k][0])}`);
			}
	}
	return out.slice(0, 5);
}

// A letter that no font has is drawn as a box, the same box for all of them:
// like a code point that no font can have.
function missing() {
	const canvas = document.createElement("canvas");
	canvas.width = canvas.height = 32;
	const pen = canvas.getContext("2d", { willReadFrequently: true });
	const drawn = (letter, font) => {
		pen.clearRect(0, 0, 32, 32);
		pen.font = font;
		pen.fillText(letter, 4, 24);
		return pen.getImageData(0, 0, 32, 32).data.join();
	};
	const text = document.body.textContent;
	const letters = new Set([...text].filter((c) => c > "\u007e" &&
		!/[\s\p{Cf}\p{Mn}\p{Co}]/u.test(c)));
	const font = "20px " + getComputedStyle(document.body).fontFamily;
	const box = drawn("\u{10fffe}", font);
	const out = [];
	for (const letter of letters)
		if (drawn(letter, font) === box || drawn(letter, font) === drawn(" ", font))
			out.push(`no font here has ${letter} (U+` +
				letter.codePointAt(0).toString(16) + ")");
	return out.slice(0, 5);
}

async function violations(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => window.axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa"], resultTypes: ["violations"] }));
	return found.violations.map((one) => `${one.id}: ${one.help}: ` +
		one.nodes.slice(0, 2).map((node) =>
			node.target + " " + node.html.slice(0, 120).replace(/\s+/g, " "))
			.join("; "));
}

// A browser with one page: in a second one, which nobody sees, time stands still.
class Tab {
	async open() {
		this.said = [];
		this.browser = await puppeteer.launch({
			executablePath: process.env.CHROMIUM,
			protocolTimeout: 120000,
			args: ["--allow-file-access-from-files", "--disable-gpu",
				"--disable-dev-shm-usage",
				...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
		});
		this.page = await this.browser.newPage();
		this.page.setDefaultTimeout(120000);
		// A reader who comes for the first time: no choice of colours is kept.
		await this.page.evaluateOnNewDocument(() => {
			try {
				localStorage.clear();
			} catch { /* about:blank has no store */ }
		});
		await this.page.setRequestInterception(true);
		this.page.on("request", (request) => {
			const url = request.url();
			if (/^(file|data|blob|about):/.test(url)) {
				request.continue();
			} else {
				this.said.push(`asks another machine: ${url}`);
				request.abort();
			}
		});
		this.page.on("console", (message) => {
			if (["error", "warn", "warning"].includes(message.type()))
				this.said.push(`console: ${message.text()}`);
		});
		this.page.on("pageerror", (error) =>
			this.said.push(`script: ${error.message}`));
		this.page.on("requestfailed", (request) =>
			this.said.push(`is not there: ${request.url()}`));
		return this;
	}

	async close() {
		if (this.browser)
			await this.browser.close();
	}

	async go(name, width, scheme) {
		this.said.length = 0;
		await this.page.setViewport({ width, height: 900 });
		await this.page.emulateMediaFeatures([
			{ name: "prefers-color-scheme", value: scheme },
			{ name: "prefers-reduced-motion", value: "reduce" }]);
		await this.page.goto(pathToFileURL(path.join(book, name)).href,
			{ waitUntil: "load" });
		await this.page.evaluate(() => document.fonts.ready.then(() => 0));
	}

	async look(name, width, scheme, thorough) {
		await this.go(name, width, scheme);
		let wrong = await this.page.evaluate(layout);
		wrong = wrong.concat(await this.page.evaluate(missing));
		const paper = await this.page.evaluate(() =>
			getComputedStyle(document.body).backgroundColor);
		const bright = paper.match(/\d+/g).slice(0, 3).map(Number)
			.every((part) => part > 127);
		if (bright !== (scheme === "light"))
			wrong.push(`is not ${scheme}: its paper is ${paper}`);
		if (thorough)
			wrong = wrong.concat(await violations(this.page));
		return wrong.concat(this.said).map((one) =>
			`${name} ${width} ${scheme}: ${one}`);
	}

	async shot(name, width, scheme, file) {
		await this.go(name, width, scheme);
		await this.page.screenshot({ path: path.join(SHOTS, file + ".png") });
	}
}

async function without_scripts(browser, names) {
	const page = await browser.newPage();
	await page.setViewport({ width: 360, height: 900 });
	await page.setJavaScriptEnabled(false);
	const wrong = [];
	for (const name of names) {
		await page.goto(pathToFileURL(path.join(book, name)).href);
		// What the page shows is asked from outside: it runs no script.
		const client = await page.createCDPSession();
		const { nodes } = await client.send("Accessibility.getFullAXTree");
		await client.detach();
		const words = nodes.filter((node) => !node.ignored && node.role &&
			["StaticText", "heading", "link"].includes(node.role.value));
		const title = nodes.some((node) => !node.ignored && node.role &&
			node.role.value === "heading");
		const links = words.filter((node) => node.role.value === "link");
		if (!title || words.length < 20 || links.length < 3)
			wrong.push(`${name}: ${words.length} pieces of text, ` +
				`${links.length} links`);
	}
	await page.close();
	return wrong;
}

// As a reader would who has never been here.
async function by_clicks(tab) {
	await tab.go("index.html", 1280, "light");
	const clicks = [];
	for (const words of ["when it hangs"]) {
		const link = await tab.page.evaluateHandle((text) =>
			[...document.querySelectorAll("article a")].find((a) =>
				a.textContent.trim().toLowerCase() === text), words);
		if (!link.asElement())
			return [`the front page has no link "${words}"`];
		await Promise.all([tab.page.waitForNavigation(),
			link.asElement().click()]);
		clicks.push(tab.page.url().replace(/.*\/book\//, ""));
	}
	const there = await tab.page.evaluate(() =>
		/both (hang|wait)|each waits|circle|deadlock/i.test(
			document.querySelector("article").innerText));
	console.log(`# clicks from the front page: ${clicks.join(", ")}`);
	return there ? [] : [`${clicks}: nothing of two that wait for each other`];
}

async function by_search(tab, words) {
	await tab.go("index.html", 1280, "light");
	await tab.page.click(".md-search__input");
	await tab.page.type(".md-search__input", words);
	await tab.page.waitForSelector(".md-search-result__item a",
		{ timeout: 120000 });
	const found = await tab.page.$$eval(".md-search-result__link", (all) =>
		all.slice(0, 8).map((one) => one.href.replace(/.*\/book\//, "")
			.replace(/[?].*?(#|$)/, "$1")));
	console.log(`# "${words}" finds: ${found.join(" ")}`);
	if (SHOTS)
		await tab.page.screenshot({ path: path.join(SHOTS, "search.png") });
	return found.some((one) => /when-it-hangs/.test(one)) ? [] :
		[`"${words}" does not find docs/when-it-hangs.html, but ${found}`];
}

async function each(tabs, jobs, work) {
	const wrong = [];
	let next = 0;
	await Promise.all(tabs.map(async (tab) => {
		while (next < jobs.length) {
			const job = jobs[next++];
			try {
				wrong.push(...await work(tab, job));
			} catch (error) {
				wrong.push(`${job}: ${error.message.split("\n")[0]}`);
				await tab.close();
				await tab.open();
			}
		}
	}));
	return wrong;
}

async function main() {
	const names = pages_of(book).filter((name) =>
		!process.env.ONLY || name.includes(process.env.ONLY));
	const gone = KINDS.filter((name) => !process.env.ONLY &&
		!names.includes(name));
	const kinds = KINDS.filter((name) => names.includes(name));
	const chosen = ALL || process.env.ONLY ? names : [...new Set([...kinds,
		...sample(names, SAMPLE)])];
	if (names.length === 0) {
		console.error(`ONLY=${process.env.ONLY}: no page of ${book} has this ` +
			"in its name; leave it out for all pages");
		return 2;
	}
	const tabs = [new Tab(), new Tab()];
	try {
		for (const tab of tabs)
			await tab.open();
		console.log(`# ${names.length} pages; ALL=${ALL ? 1 : 0} ` +
			`SAMPLE=${SAMPLE} SEED=${SEED}`);
		ok(gone.length === 0, "there is a page of each kind", gone);
		let wrong = await each(tabs, names, (tab, name) =>
			tab.look(name, 360, "light", false));
		ok(wrong.length === 0, `${names.length} pages, 360 light: no scroll ` +
			"sideways, no overlap, no letter without a font, no error, " +
			"no request outside", wrong);
		for (const [width, scheme] of WAYS) {
			wrong = await each(tabs, chosen, (tab, name) =>
				tab.look(name, width, scheme, true));
			ok(wrong.length === 0, `${chosen.length} pages, ${width} ` +
				`${scheme}: the same, and axe-core finds nothing`, wrong);
		}
		wrong = await without_scripts(tabs[0].browser, chosen);
		ok(wrong.length === 0, "they can be read without a script", wrong);
		wrong = await each([tabs[0]], ["the way by clicks"], by_clicks);
		ok(wrong.length === 0, "from the front page one click leads to what " +
			"to do when two processes wait for each other", wrong);
		wrong = await each([tabs[0]], ["my two processes both hang"],
			by_search);
		ok(wrong.length === 0, "a search for it finds it", wrong);
		if (SHOTS) {
			const shots = [["index.html", 360, "light"],
				["index.html", 1280, "dark"],
				["lessons/01-pipe/index.html", 1280, "light"],
				["lessons/01-pipe/index.html", 360, "dark"],
				["lessons/01-pipe/proofs.html", 360, "light"],
				["exercises/01-pipe/close-the-ends/index.html", 1280, "dark"],
				["docs/limits.html", 360, "light"],
				["docs/errors.html", 1280, "light"],
				["cheat-sheet.html", 1280, "dark"],
				["cheat-sheet.html", 360, "light"]];
			for (const [name, width, scheme] of shots)
				await tabs[0].shot(name, width, scheme,
					`${name.replace(/\W+/g, "-")}-${width}-${scheme}`);
		}
	} finally {
		for (const tab of tabs)
			await tab.close();
	}
	console.log(`1..${count}`);
	return failed === 0 ? 0 : 1;
}

main().then((status) => process.exit(status), (error) => {
	console.log(`Bail out! ${error.message.split("\n")[0]}`);
	process.exit(2);
});
