"use strict";
// A button on each listing and command copies it.
{
  const copy = async text => {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: below */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  for (const code of document.querySelectorAll("pre.code")) {
    const text = code.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      button.textContent = (await copy(text)) ? "Copied" : "Not allowed here";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    code.prepend(button);
  }
}
