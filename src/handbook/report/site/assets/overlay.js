"use strict";
// Curves of runs in one plot: pick the runs, point at a curve for its values, drag to enlarge.
// What it reads stands in the section as JSON; without this, tables and figures have the same.
{
  const MOST = 7;
  const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap(power => [1, 2, 5].map(step => step * 10 ** power)); // between ticks
  const DASHES = [[], [8, 4], [2, 3]];
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  // A colour of the pages is another one in the dark: the browser says which one it is now.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.hidden = true;
  const colour = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const text = value => value === null || value === undefined ? "–"
    : String(Number(value.toPrecision(4))).replace("-", "−");
  const bound = hard => ({ pad: 0.05, hard, mode: 0 }); // an axis of shares ends where they do
  const redraws = [];

  for (const section of document.querySelectorAll(".overlay")) {
    const { runs, kinds, pairs, metric, about, untested, ticked } = JSON.parse(section.querySelector("script").textContent);
    const heading = section.firstElementChild;
    const has = (run, key) => Boolean(run.lines[key]);
    let [kind, plot, drawn] = [kinds[0], null, []];
    const picked = new Map(); // number of a run, and of its colour

    const list = element("div", { className: "runs" });
    const boxes = runs.map((run, number) => {
      const box = element("input", { type: "checkbox" });
      const swatch = element("span", { className: "swatch" });
      const label = element("label", {}, box, swatch, element("span", { textContent: run.name }));
      const about = element("small", { textContent: `${run.score} ` });
      if (run.link) about.append(element("a", { href: run.link, textContent: "page", ariaLabel: `page of ${run.name}` }));
      const row = element("div", {}, label, about);
      list.append(row);
      box.addEventListener("change", () => { if (box.checked) pick(number); else picked.delete(number); update(); });
      return { box, swatch, row };
    });
    const pick = number => {
      const used = new Set(picked.values());
      for (let index = 0; index < MOST; index++) {
        if (!used.has(index)) { picked.set(number, index); boxes[number].box.checked = true; return; }
      }
    };

    const tabs = element("div", { className: "kinds", role: "group", ariaLabel: "Kind of curve" });
    const buttons = kinds.map(each => {
      const button = element("button", { type: "button", textContent: each.title });
      button.addEventListener("click", () => { kind = each; update(); });
      tabs.append(button);
      return button;
    });
    const frame = element("div", { className: "frame", tabIndex: 0, role: "group" });
    const told = element("output", { className: "told" });
    const tools = element("div", { className: "tools" });
    for (const [name, deed] of [["Larger", () => zoom(0.5)], ["Smaller", () => zoom(2)], ["Whole", () => draw()]]) {
      const button = element("button", { type: "button", textContent: name });
      button.addEventListener("click", deed);
      tools.append(button);
    }
    tools.append(element("span", { className: "quiet", textContent: "Point at the plot for values, drag across it to enlarge; with the keyboard, arrows walk along it. A click on a name below it hides its curve." }));
    const fieldset = element("fieldset", {}, element("legend", { textContent: `Pick up to ${MOST}${metric ? `; beside each its ${metric}` : ""}` }), list);
    const below = element("div", { className: "below" });
    section.append(element("div", { className: "picker" }, fieldset, element("div", {}, tabs, frame, tools, told)), below);

    const lines = () => {
      const own = [...picked].filter(([number]) => has(runs[number], kind.key)).sort(([a], [b]) => a - b)
        .flatMap(([number, shade]) => runs[number].lines[kind.key].map((line, place) => ({ number, shade, place, ...line })));
      // What all lines are of is said once, beside the axis.
      const parts = new Set(own.map(line => line.part ?? ""));
      const shared = parts.size === 1 ? [...parts][0] : "";
      return own.map(line => ({
        ...line, x: line.x ?? kind.grid, shared,
        name: runs[line.number].name + (line.part && !shared ? `, ${line.part}` : ""),
      }));
    };

    const zoom = factor => {
      if (!plot) return;
      const { min, max } = plot.scales.x;
      const at = plot.cursor.left >= 0 ? plot.posToVal(plot.cursor.left, "x") : (min + max) / 2;
      const [low, high] = [plot.data[0][0], plot.data[0].at(-1)];
      plot.setScale("x", { min: Math.max(low, at - (at - min) * factor), max: Math.min(high, at + (max - at) * factor) });
    };

    const draw = () => {
      plot?.destroy();
      [plot, drawn] = [null, lines()];
      frame.setAttribute("aria-label", `${kind.title}: ${drawn.map(line => line.name).join(", ") || "no curve picked"}`);
      if (!drawn.length) { frame.textContent = picked.size ? "None of the picked runs has such a curve." : "Pick a run to see its curve."; return; }
      frame.textContent = "";
      const data = uPlot.join(drawn.map(line => [line.x, line.y]));
      const axis = label => ({
        label, stroke: colour("quiet"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line") },
        font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
        values: (_, ticks) => ticks.map(tick => text(tick)),
      });
      // Where a curve has no value of its own, the next one it has.
      const near = (u, series, index) => {
        const values = u.data[series];
        for (let away = 0; away < values.length; away++) {
          if (values[index - away] != null) return index - away;
          if (values[index + away] != null) return index + away;
        }
        return index;
      };
      const width = Math.max(240, frame.clientWidth);
      plot = new uPlot({
        width, height: Math.round(Math.min(420, Math.max(240, width * 0.62))),
        scales: { x: { time: false }, y: kind.share ? { range: { min: bound(0), max: bound(1) } } : {} },
        axes: [{ ...axis(kind.x), ...(data[0].every(Number.isInteger) ? { incrs: WHOLE } : {}) }, { ...axis(kind.y + (drawn[0].shared ? `, ${drawn[0].shared}` : "")), size: 60 }],
        cursor: { drag: { x: true, y: false }, focus: { prox: 24 }, dataIdx: near },
        focus: { alpha: 0.35 },
        legend: { live: true },
        series: [
          { label: kind.x, value: (_, value) => text(value) },
          ...drawn.map(line => ({
            label: line.name, stroke: colour(`curve-${line.shade + 1}`), width: 2, dash: DASHES[line.place % DASHES.length],
            spanGaps: true, points: { show: line.y.length <= 30, size: 5 }, value: (_, value) => text(value),
          })),
        ],
      }, data, frame);
      // Names in the legend are buttons for the keyboard too.
      frame.querySelectorAll(".u-series:not(:first-child) .u-label").forEach((name, index) => {
        Object.assign(name, { tabIndex: 0, role: "button", ariaPressed: "true" });
        const mark = () => { name.ariaPressed = String(plot.series[index + 1].show); };
        name.parentElement.addEventListener("click", () => setTimeout(mark));
        name.addEventListener("keydown", event => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          name.click();
        });
      });
    };

    frame.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!plot || !step || event.target !== frame) return;
      event.preventDefault();
      const last = plot.data[0].length - 1;
      const index = Math.min(last, Math.max(0, (plot.cursor.idx ?? (step > 0 ? -1 : last + 1)) + step));
      plot.setCursor({ left: plot.valToPos(plot.data[0][index], "x"), top: plot.over.clientHeight / 2 });
      const values = drawn.map((line, number) => `${line.name} ${text(plot.data[number + 1][plot.cursor.idxs[number + 1]])}`);
      told.textContent = `${kind.x} ${text(plot.data[0][index])}: ${values.join("; ")}`;
    });

    const table = () => {
      const chosen = [...picked.keys()].sort((a, b) => a - b);
      below.textContent = "";
      if (chosen.length < 2) return;
      const names = [...new Set(chosen.flatMap(number => Object.keys(runs[number].settings)))]
        .filter(name => new Set(chosen.map(number => runs[number].settings[name])).size > 1);
      if (names.length) {
        const head = element("tr", {}, element("th", { scope: "col", textContent: "Setting" }),
          ...chosen.map(number => element("th", { scope: "col", textContent: runs[number].name })));
        const rows = names.map(name => element("tr", {}, element("th", { scope: "row" }, element("code", { textContent: name })),
          ...chosen.map(number => element("td", {}, element("code", { textContent: runs[number].settings[name] ?? "–" })))));
        below.append(element("div", { className: "scroll", role: "region", tabIndex: 0, ariaLabel: `Settings that differ: ${heading.textContent}` },
          element("table", { className: "pairs" }, element("caption", { textContent: "Settings that differ; –: not set, as the estimator has it" }),
            element("thead", {}, head), element("tbody", {}, ...rows))));
      } else below.append(element("p", { textContent: "No setting differs." }));
      const tests = chosen.flatMap((first, at) => chosen.slice(at + 1).map(second => [first, second, pairs[`${first} ${second}`]]));
      const said = tests.filter(test => test[2]);
      if (said.length) {
        below.append(element("p", { className: "quiet", textContent: about }), element("ul", { className: "tests" },
          ...said.map(([first, second, test]) => element("li", {}, element("strong", { textContent: `${runs[first].name} − ${runs[second].name}` }), ` ${test}`))));
      }
      if (said.length < tests.length) {
        below.append(element("p", { className: "note", textContent: `${tests.length - said.length} of ${tests.length} pairs have no paired test: ${untested}.` }));
      }
    };

    const update = () => {
      kinds.forEach((each, index) => {
        buttons[index].ariaPressed = String(each === kind);
        buttons[index].disabled = ![...picked.keys()].some(number => has(runs[number], each.key));
      });
      boxes.forEach(({ box, swatch, row }, number) => {
        const shade = picked.get(number);
        box.disabled = shade === undefined && picked.size >= MOST;
        swatch.style.background = shade === undefined ? "none" : `var(--curve-${shade + 1})`;
        row.classList.toggle("none", !has(runs[number], kind.key));
      });
      draw();
      table();
    };
    const first = runs.map((_, number) => number).filter(number => has(runs[number], kind.key));
    for (const number of first.slice(0, ticked)) pick(number);
    section.hidden = false;
    update();
    redraws.push(draw);
    let width = frame.clientWidth;
    new ResizeObserver(() => {
      if (frame.clientWidth === width || !frame.clientWidth) return;
      width = frame.clientWidth;
      draw();
    }).observe(frame);
  }

  const again = () => { for (const redraw of redraws) redraw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributes: true });
}
