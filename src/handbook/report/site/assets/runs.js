"use strict";
// The switch above the runs shows one run at a time, and marks those that are open.
{
  const links = [...document.querySelectorAll(".switch a")];
  const runs = [...document.querySelectorAll("details.run")];
  const run_of = link => document.getElementById(link.hash.slice(1))?.closest("details.run");
  const mark = () => {
    for (const link of links) {
      if (run_of(link)?.open) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  for (const link of links) {
    link.addEventListener("click", () => {
      const chosen = run_of(link);
      for (const run of runs) run.open = run === chosen;
    });
  }
  for (const run of runs) run.addEventListener("toggle", mark);
  mark();
}
