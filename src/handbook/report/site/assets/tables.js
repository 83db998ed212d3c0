"use strict";
// Tables can be read without this; with it, a heading sorts, rows can be filtered, and each table
// can be taken along as a CSV file.
{
  const LEAST_SORTED = 3;
  const LEAST_FILTERED = 12;
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  // A number as people write it, as a number of a file; null for what is none.
  const numeric = text => {
    const match = /^([−+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?:e([−+-]?\d+)| × 10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?$/.exec(text.trim());
    if (!match) return null;
    const [, sign, digits, power, below, raised] = match;
    const exponent = raised ? (below && "-") + [...raised].map(one => RAISED.indexOf(one)).join("")
      : power?.replace("−", "-");
    return (sign === "" || sign === "+" ? "" : "-") + digits.replaceAll(",", "") + (exponent ? `e${exponent}` : "");
  };

  // What a cell says in full, without what is there for the eye or the mouse alone.
  const text = cell => {
    const copy = cell.cloneNode(true);
    for (const extra of copy.querySelectorAll(".sign, .copy, .copy-digest, svg, [aria-hidden=true]")) extra.remove();
    for (const long of copy.querySelectorAll("details.long")) long.replaceWith(long.querySelector("span").textContent);
    for (const small of copy.querySelectorAll("small")) small.prepend("; ");
    for (const item of copy.querySelectorAll("li + li, br")) item.before("; ");
    const words = copy.textContent.replace(/\s+/g, " ").replace(/ ;/g, ";").replace(/^; /, "").trim();
    return words === "–" ? "" : words;
  };
  const exact = cell => cell.dataset.value ?? cell.querySelector(":scope > data.measured")?.value;
  const value = cell => exact(cell) ?? numeric(text(cell)) ?? text(cell);

  const sortable = table => {
    const [body, ...others] = table.tBodies;
    if (others.length || !body || body.rows.length < LEAST_SORTED || !table.tHead) return;
    if (table.matches(".best, .matrix, .pairs, .results, .summary") || body.querySelector("[rowspan]")) return;
    const order = [...body.rows];
    const key = (row, column) => {
      const cell = row.cells[column];
      if (!cell || cell.colSpan > 1) return undefined;
      const found = cell.dataset.order ?? value(cell);
      return found === "" ? undefined : found;
    };
    for (const heading of table.tHead.rows[0].cells) {
      const column = heading.cellIndex;
      const keys = order.map(row => key(row, column)).filter(one => one !== undefined);
      if (!heading.textContent.trim() || new Set(keys).size < 2) continue;
      const numbers = keys.every(one => Number.isFinite(Number(one)));
      const compare = numbers ? (a, b) => a - b : (a, b) => a.localeCompare(b, "en", { numeric: true });
      const turns = numbers ? ["descending", "ascending"] : ["ascending", "descending"];
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const next = turns[turns.indexOf(heading.getAttribute("aria-sort")) + 1];
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        if (!next) { body.append(...order); return; }
        heading.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        body.append(...[...order].sort((a, b) => {
          const [x, y] = [key(a, column), key(b, column)];
          if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
          return sign * compare(x, y);
        }));
      });
    }
  };

  const filterable = (table, label) => {
    const rows = [...table.tBodies].flatMap(body => [...body.rows]);
    if (rows.length < LEAST_FILTERED || table.matches(".best, .matrix") || table.querySelector("tbody [rowspan]")) return;
    const bar = document.createElement("div");
    bar.className = "bar-of-table";
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = "Filter rows";
    field.setAttribute("aria-label", `Filter rows of ${label}`);
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    bar.append(field, status);
    const plain = words => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    field.addEventListener("input", () => {
      const words = plain(field.value).split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of rows) {
        const own = plain(row.textContent);
        row.hidden = !words.every(word => own.includes(word));
        left += !row.hidden;
      }
      status.textContent = words.length ? `${left} of ${rows.length} rows` : "";
    });
    table.closest(".scroll").before(bar);
  };

  // Rows of a table as lists of texts, with both ends of an interval in columns of their own.
  const content = table => {
    const rows = [...table.tBodies].flatMap(body => [...body.rows]);
    const grid = rows.map(() => []);
    rows.forEach((row, y) => {
      let x = 0;
      for (const cell of row.cells) {
        while (grid[y][x]) x++;
        for (let dy = 0; dy < cell.rowSpan && y + dy < rows.length; dy++)
          for (let dx = 0; dx < cell.colSpan; dx++) grid[y + dy][x + dx] = dx ? null : cell;
        x += cell.colSpan;
      }
    });
    const headings = [...table.tHead?.rows[0]?.cells ?? []].flatMap(cell =>
      [text(cell), ...Array(cell.colSpan - 1).fill("")]);
    const lines = [[], ...rows.map(() => [])];
    headings.forEach((heading, x) => {
      const cells = grid.map(line => line[x]);
      const drawn = cells.some(cell => cell?.querySelector("svg"));
      if (drawn && cells.every(cell => !cell || !text(cell))) return;
      const name = heading || "#";
      const ends = cells.some(cell => cell?.dataset.low);
      lines[0].push(name, ...ends ? [`${name}, low`, `${name}, high`] : []);
      cells.forEach((cell, y) => {
        lines[y + 1].push(cell ? value(cell) : "");
        if (ends) lines[y + 1].push(cell?.dataset.low ?? "", cell?.dataset.high ?? "");
      });
    });
    return lines;
  };
  const csv = lines => lines.map(line => line.map(one =>
    /[",\r\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one).join(",") + "\r\n").join("");

  const portable = (table, label) => {
    const bar = document.createElement("div");
    bar.className = "bar-of-table";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "CSV";
    button.setAttribute("aria-label", `Save as CSV: ${label}`);
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([csv(content(table))], { type: "text/csv;charset=utf-8" }));
      link.download = `${label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
    bar.append(button);
    table.closest(".scroll").after(bar);
  };

  for (const table of document.querySelectorAll(".scroll > table")) {
    const label = table.closest(".scroll").getAttribute("aria-label").replace(/^Table: /, "");
    sortable(table);
    filterable(table, label);
    if (table.tHead) portable(table, label);
  }
}
