"use strict";
// Each heading that can be linked to has a sign that is such a link.
for (const heading of document.querySelectorAll("main :is(h2, h3)[id]")) {
  if (heading.closest("summary, .sections")) continue;
  const section = heading.closest("section[id]");
  const first = section?.querySelector("h2, h3") === heading;
  const sign = document.createElement("a");
  sign.className = "sign";
  sign.href = `#${first ? section.id : heading.id}`;
  sign.textContent = "#";
  sign.setAttribute("aria-label", `Link to “${heading.textContent.trim()}”`);
  heading.append(" ", sign);
}
