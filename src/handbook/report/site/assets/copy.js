"use strict";
// A digest is shown by its first digits, with a button that copies all of it.
for (const digest of document.querySelectorAll(".digest")) {
  if (!digest.querySelector(".rest")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy-digest";
  button.textContent = "copy";
  button.setAttribute("aria-label", `Copy ${digest.textContent.slice(0, 8)}… whole`);
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(digest.textContent);
    } catch {
      // A page from disk may not be allowed to: then what is selected can be copied by hand.
      digest.querySelector(".rest").style.display = "inline";
      getSelection().selectAllChildren(digest);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "copied" : "selected";
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  });
  digest.after(" ", button);
}
