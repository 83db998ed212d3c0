"use strict";
// A switch between the system's colours, light and dark, that is kept from page to page.
{
  const button = document.querySelector("button.colours");
  const CHOICES = [
    ["", "◐", "the system’s colours"], ["light", "☀", "light colours"], ["dark", "☾", "dark colours"],
  ];
  const root = document.documentElement;
  const apply = choice => {
    const place = Math.max(0, CHOICES.findIndex(([name]) => name === choice));
    const [name, sign, words] = CHOICES[place];
    root.dataset.colours = name;
    button.textContent = sign;
    button.title = `Now ${words}; next ${CHOICES[(place + 1) % CHOICES.length][2]}`;
    button.setAttribute("aria-label", `Colours: ${words}`);
    document.dispatchEvent(new Event("colours"));
  };
  if (button) {
    apply(root.dataset.colours);
    button.hidden = false;
    button.addEventListener("click", () => {
      const place = CHOICES.findIndex(([name]) => name === root.dataset.colours);
      const [next] = CHOICES[(place + 1) % CHOICES.length];
      try { localStorage.setItem("colours", next); } catch { /* then for this page alone */ }
      apply(next);
    });
  }
}
