// Tables can be read without this; with it, a click on a heading sorts by that column.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell?.dataset.value ?? cell?.querySelector("data")?.value;
  };
  for (const heading of table.tHead.rows[0].cells) {
    const column = heading.cellIndex;
    if (!heading.textContent.trim() || ![...body.rows].some(row => value(row, column))) continue;
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const order = heading.getAttribute("aria-sort") === "descending" ? "ascending" : "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const key = row => value(row, column) === undefined ? Infinity : sign * value(row, column);
      body.append(...[...body.rows].sort((a, b) => key(a) - key(b) || 0));
    });
  }
}
// A link to a run opens it.
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const around = target?.closest("details");
  if (around && !around.open) { around.open = true; target.scrollIntoView(); }
};
addEventListener("hashchange", reveal);
reveal();
