"use strict";
// The key "/", or the button in the head, opens a box that looks through the whole report. What it
// looks through is loaded when it opens first, so that pages weigh no more for it.
{
  const folder = document.currentScript.src && new URL("../search/", document.currentScript.src);
  const opener = document.querySelector("button.find");
  const MOST = 30;
  const WEIGHTS = {
    Page: 3, Word: 2, Chapter: 1.3, Model: 1.7, "Data set": 1.6, Metric: 1.5, "Worked example": 1.2,
    Claim: 1.1, Parameter: 1, Column: 0.8, Run: 0.7, Erratum: 0.7, Sweep: 1,
  };
  const IGNORED = new Set(
    "a an and are at be by can do does for has have how in is it of on or so that the their this to was what when where which who why with".split(" "),
  );

  // "R²" is found by "r2", "Fréchet" by "frechet", "networks" by "network",
  // "regularisation" by "regularization"; 3.13 is one word.
  const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const term = word =>
    (word.length > 3 && /[^s]s$/.test(word) ? word.slice(0, -1) : word)
      .replace(/is(ation|e|ed|er|ing)$/, "iz$1");
  const words = text => plain(text).match(/[\p{L}\p{N}]+(?:\.\p{N}+)*/gu) ?? [];

  let index, entries;
  const load = name => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, folder);
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} does not lie beside this page`));
    document.head.append(script);
  });
  const read = async () => {
    await Promise.all([load("minisearch.min.js"), load("entries.js")]);
    entries = searchEntries.map(([kind, title, address, note, also], id) =>
      ({ id, kind, title, address, note, also, names: kind === "Page" ? also : "" }));
    index = new MiniSearch({
      fields: ["kind", "title", "names", "note", "also"],
      tokenize: words,
      processTerm: term,
    });
    index.addAll(entries);
  };

  const search = query => {
    const all = words(query);
    const asked = all.filter(word => !IGNORED.has(word));
    const text = (asked.length ? asked : all).join(" ");
    if (!text) return entries.filter(entry => entry.kind === "Page");
    const options = {
      boost: { title: 4, names: 8, kind: 2, note: 1.2 },
      prefix: word => word.length > 1,
      fuzzy: word => word.length > 4 ? 0.2 : false,
      weights: { fuzzy: 0.3, prefix: 0.5 },
      boostDocument: id => WEIGHTS[entries[id].kind] ?? 1,
      combineWith: "AND",
    };
    // Other letters are for words that nobody has.
    let hits = index.search(text, { ...options, fuzzy: false });
    if (!hits.length) hits = index.search(text, options);
    if (!hits.length) hits = index.search(text, { ...options, combineWith: "OR" });
    const whole = words(text).join(" ");
    for (const hit of hits) {
      const title = words(entries[hit.id].title).join(" ");
      if (title === whole) hit.score *= 4;
      else if (title.startsWith(whole)) hit.score *= 1.5;
    }
    const better = (a, b) => b.score - a.score || a.id - b.id;
    // A dozen models have a learning rate: what else is found comes between.
    const alike = {};
    for (const hit of hits.sort(better)) {
      const { kind, title } = entries[hit.id];
      const before = alike[`${kind} ${title}`] = (alike[`${kind} ${title}`] ?? 0) + 1;
      if (before > 3) hit.score *= 0.2;
    }
    hits.sort(better);
    return hits.slice(0, MOST).map(hit => ({ ...entries[hit.id], terms: hit.terms }));
  };

  // Words of an entry with what was typed marked in them.
  const marked = (text, terms) => {
    const pieces = document.createDocumentFragment();
    for (const piece of text.split(/([\p{L}\p{N}]+(?:\.\p{N}+)*)/u)) {
      const hit = terms?.some(one => term(plain(piece)).startsWith(one));
      pieces.append(hit ? Object.assign(document.createElement("mark"), { textContent: piece }) : piece);
    }
    return pieces;
  };
  const holds = (text, terms) => words(text).some(word => terms.includes(term(word)));

  if (folder && opener) {
    const dialog = document.createElement("dialog");
    dialog.className = "search";
    dialog.setAttribute("aria-label", "Search the report");
    dialog.innerHTML = `
      <input type="search" role="combobox" aria-label="Search the report" aria-expanded="false"
        aria-controls="search-list" aria-autocomplete="list" autocomplete="off" spellcheck="false"
        placeholder="A model, a metric, a column, a section …">
      <ul role="listbox" id="search-list" aria-label="What was found"></ul>
      <p class="quiet" role="status"></p>
      <p class="keys quiet"><kbd>↑</kbd> <kbd>↓</kbd> choose, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> closes</p>`;
    const [field, list, status] = dialog.querySelectorAll("input, ul, [role=status]");
    let chosen = -1;
    let shown = [];

    const choose = place => {
      list.children[chosen]?.setAttribute("aria-selected", "false");
      chosen = shown.length ? (place + shown.length) % shown.length : -1;
      const option = list.children[chosen];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
    };
    const show = () => {
      if (!index) return;
      shown = search(field.value);
      list.replaceChildren(...shown.map(({ kind, title, note, also, terms }, place) => {
        const option = document.createElement("li");
        option.id = `search-${place}`;
        option.role = "option";
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("b");
        name.append(marked(title, terms));
        const label = Object.assign(document.createElement("span"), { className: "kind", textContent: kind });
        option.append(name, " ", label);
        const hidden = terms && !holds(`${title} ${note} ${kind}`, terms) && holds(also, terms);
        const below = hidden ? also : note;
        if (below) {
          const small = document.createElement("small");
          small.append(marked(below, terms));
          option.append(small);
        }
        return option;
      }));
      field.setAttribute("aria-expanded", String(shown.length > 0));
      status.textContent = !field.value.trim() ? ""
        : shown.length === MOST ? `the ${MOST} best`
        : shown.length === 1 ? "1 result" : `${shown.length || "no"} results`;
      chosen = -1;
      choose(0);
    };
    const follow = (place, apart) => {
      const entry = shown[place];
      if (!entry) return;
      const target = new URL(`../${entry.address}`, folder).href;
      if (apart) { open(target); return; }
      dialog.close();
      location.href = target;
    };
    const start = async () => {
      if (!dialog.isConnected) document.body.append(dialog);
      if (!dialog.open) dialog.showModal();
      field.select();
      try {
        if (!index) await read();
        show();
      } catch (error) {
        status.textContent = error.message;
      }
    };

    field.addEventListener("input", show);
    field.addEventListener("keydown", event => {
      const moves = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 };
      if (event.key in moves) choose(moves[event.key]);
      else if (event.key === "Enter") follow(chosen, event.ctrlKey || event.metaKey);
      else if (event.key === "Escape") dialog.close();
      else return;
      event.preventDefault();
    });
    list.addEventListener("click", event => {
      const option = event.target.closest("li");
      if (option) follow([...list.children].indexOf(option), event.ctrlKey || event.metaKey);
    });
    dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
    addEventListener("keydown", event => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const usual = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (slash || usual) {
        event.preventDefault();
        start();
      }
    });
    opener.hidden = false;
    opener.addEventListener("click", start);
  }
}
