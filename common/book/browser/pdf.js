// pdf.js - the pages of the book as PDF files, one for each, in learning order
//
//	node pdf.js BOOK MODULES
//
// They lie in BOOK-pdf then: 0000.pdf is the cheat sheet. CHROMIUM=file is the
// browser. The order is that of `gather'.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");

const [book, modules] = process.argv.slice(2).map((name) => path.resolve(name));
const puppeteer = require(path.join(modules, "puppeteer-core"));
const out = book + "-pdf";

async function main() {
	const order = JSON.parse(fs.readFileSync(
		path.join(book + "-src", ".order.json"), "utf8"));
	const names = ["cheat-sheet.html", ...order.chain.map((name) =>
		name.replace(/\.md$/, ".html"))].filter((name, i, all) =>
		all.indexOf(name) === i && fs.existsSync(path.join(book, name)));
	fs.rmSync(out, { recursive: true, force: true });
	fs.mkdirSync(out);
	const browser = await puppeteer.launch({
		executablePath: process.env.CHROMIUM,
		args: ["--allow-file-access-from-files", "--disable-gpu",
			"--disable-dev-shm-usage",
			...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
	});
	try {
		const page = await browser.newPage();
		for (const [i, name] of names.entries()) {
			await page.goto(pathToFileURL(path.join(book, name)).href,
				{ waitUntil: "load", timeout: 120000 });
			await page.pdf({ path: path.join(out,
				String(i).padStart(4, "0") + ".pdf"),
				format: "A4", preferCSSPageSize: true,
				printBackground: true, timeout: 120000 });
		}
	} finally {
		await browser.close();
	}
	console.log(`${names.length} pages of the book`);
}

main().catch((error) => {
	console.error(`book-pdf: ${error.message.split("\n")[0]}`);
	process.exit(1);
});
