"use strict";
// On paper all is open; afterwards what was closed is closed again. Pictures that wait until they
// are in sight would be missing there, and printing waits for none: once the page stands, all load.
{
  const load = () => { for (const image of document.images) image.loading = "eager"; };
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(load));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
    load();
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    opened = [];
  });
}
