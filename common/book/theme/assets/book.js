/* book.js - the search without a server, and folded parts on paper
 *
 * The theme fetches the index, and starts a worker from a file. A page that was
 * opened as a file may do neither, so both are scripts, in search/. The index
 * is large: it is loaded when somebody goes to the search.
 */
var __search = {};
var __book_worker;
var __book_index;

(function () {
	var folder = document.currentScript.src.replace(/assets\/[^\/]*$/, "");

	__search.index = new Promise(function (resolve) {
		var asked = false;

		function load() {
			var script = document.createElement("script");

			if (asked)
				return;
			asked = true;
			script.src = folder + "search/index.js";
			document.head.appendChild(script);
		}
		__book_index = resolve;
		document.addEventListener("focusin", function (event) {
			if (event.target.name === "query")
				load();
		});
		document.addEventListener("change", function (event) {
			if (event.target.id === "__search")
				load();
		});
		if (/[?&]q=/.test(location.search))
			load();
	});
	/* The theme puts tables into frames that move: the keyboard reaches them. */
	addEventListener("load", function () {
		document.querySelectorAll(".md-typeset__scrollwrap").forEach(
			function (frame) {
				frame.tabIndex = 0;
			});
	});
	addEventListener("beforeprint", function () {
		document.querySelectorAll("details").forEach(function (part) {
			part.open = true;
		});
	});
})();

function __book_ready() {
	if (__book_worker)
		__search.worker = URL.createObjectURL(new Blob([__book_worker],
			{ type: "text/javascript" }));
}

/* What the theme's script is told; BASE is the way to the first page. */
function __book_tell(base) {
	var script = document.createElement("script");

	__book_told.base = base;
	__book_told.search = base + "/" + __book_told.search;
	script.id = "__config";
	script.type = "application/json";
	script.textContent = JSON.stringify(__book_told);
	document.body.appendChild(script);
}
