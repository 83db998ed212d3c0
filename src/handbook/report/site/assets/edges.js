"use strict";
// Where a table goes on behind its edge, the edge says so; only what scrolls is a stop of the keyboard.
{
  const look = box => {
    const rest = box.scrollWidth - box.clientWidth;
    const more = [];
    if (rest > 1 && box.scrollLeft > 1) more.push("left");
    if (rest > 1 && box.scrollLeft < rest - 1) more.push("right");
    box.dataset.more = more.join(" ");
    if (rest > 1) box.tabIndex = 0;
    else if (document.activeElement !== box) box.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver(changes => { for (const { target } of changes) look(target.closest(".scroll")); });
  for (const box of document.querySelectorAll(".scroll")) {
    box.addEventListener("scroll", () => look(box), { passive: true });
    sizes.observe(box);
    if (box.firstElementChild) sizes.observe(box.firstElementChild);
  }
}
