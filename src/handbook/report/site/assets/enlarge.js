"use strict";
// Without this a click on a figure opens its drawing; with it, it is shown large on the page.
{
  const drawings = [...document.querySelectorAll("a.drawing")];
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-labelledby", "enlarged-title");
  dialog.innerHTML = `<header><strong id="enlarged-title"></strong>
    <button type="button" data-do="smaller" aria-label="Smaller">−</button>
    <output aria-label="Size"></output>
    <button type="button" data-do="larger" aria-label="Larger">+</button>
    <button type="button" data-do="whole">Whole</button>
    <button type="button" data-do="before" aria-label="Figure before">←</button>
    <button type="button" data-do="after" aria-label="Figure after">→</button>
    <a>Drawing alone</a>
    <button type="button" data-do="close">Close</button></header>
    <div class="sheet" tabindex="0" role="region" aria-label="Figure"><img alt=""></div>`;
  const [sheet, image] = [dialog.querySelector(".sheet"), dialog.querySelector("img")];
  let [at, scale, size] = [0, 1, [1, 1]];

  const whole = () => {
    const { width, height } = sheet.getBoundingClientRect();
    return Math.min(width / size[0], height / size[1]);
  };
  // The point of the figure that lies at x and y of the sheet stays there.
  const resize = (to, x = sheet.clientWidth / 2, y = sheet.clientHeight / 2) => {
    const before = scale;
    scale = Math.min(20, Math.max(0.2, to));
    const [left, top] = [(sheet.scrollLeft + x) / before, (sheet.scrollTop + y) / before];
    image.style.width = `${size[0] * scale}px`;
    dialog.querySelector("output").textContent = `${Math.round(scale * 100)} %`;
    sheet.scrollTo(left * scale - x, top * scale - y);
  };
  const show = number => {
    at = (number + drawings.length) % drawings.length;
    const [link, small] = [drawings[at], drawings[at].querySelector("img")];
    dialog.classList.toggle("upright", link.closest("figure").classList.contains("upright"));
    dialog.querySelector("strong").textContent = small.alt;
    // A page in one file has its pictures nowhere else.
    const file = link.getAttribute("href") === "#" ? small.src : link.href;
    dialog.querySelector("a").href = file;
    [image.src, image.alt] = [file, small.alt];
    size = ["width", "height"].map(side => Number(small.getAttribute(side)));
    if (!dialog.open) dialog.showModal();
    // Whole, but no smaller than its text can be read.
    resize(Math.max(whole(), (parseFloat(small.style.getPropertyValue("--legible")) || 0) / size[0]));
    sheet.scrollTo(0, 0);
  };
  const deeds = {
    larger: () => resize(scale * 1.25),
    smaller: () => resize(scale / 1.25),
    whole: () => resize(whole()),
    before: () => show(at - 1),
    after: () => show(at + 1),
    close: () => dialog.close(),
  };
  const keys = { "+": "larger", "=": "larger", "-": "smaller", "0": "whole", PageUp: "before", PageDown: "after" };

  if (drawings.length) document.body.append(dialog);
  drawings.forEach((link, number) => link.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(number);
  }));
  dialog.addEventListener("click", event => deeds[event.target.dataset.do]?.());
  dialog.addEventListener("close", () => drawings[at].focus());
  dialog.addEventListener("keydown", event => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    deeds[keys[event.key]]();
  });
  sheet.addEventListener("wheel", event => {
    event.preventDefault();
    const box = sheet.getBoundingClientRect();
    resize(scale * Math.exp(-event.deltaY / 500), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  sheet.addEventListener("pointerdown", event => {
    if (event.pointerType !== "mouse" || event.button) return;
    event.preventDefault();
    sheet.focus();
    const held = { x: event.clientX + sheet.scrollLeft, y: event.clientY + sheet.scrollTop };
    const move = to => sheet.scrollTo(held.x - to.clientX, held.y - to.clientY);
    sheet.setPointerCapture(event.pointerId);
    sheet.classList.add("held");
    sheet.addEventListener("pointermove", move);
    sheet.addEventListener("pointerup", () => {
      sheet.classList.remove("held");
      sheet.removeEventListener("pointermove", move);
    }, { once: true });
  });
}
