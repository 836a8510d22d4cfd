/* What stands around the canvas: search, tools, kinds to switch off, a bar for what is chosen, words for screen readers. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  in: "M12 5v14M5 12h14",
  out: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  lasso: "M12 4c5 0 8 2.4 8 5.6S17 15 12 15 4 12.8 4 9.6 7 4 12 4zM8 14.4c-1.6 1.4-1.4 3.4.6 3.6 1.6.2 2 1.6.8 2.8",
  names: "M4 7h16M4 12h10M4 17h7",
  full: "M8 3H3v5M16 3h5v5M21 16v5h-5M8 21H3v-5M3 3l6 6M21 3l-6 6M21 21l-6-6M3 21l6-6",
  png: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  svg: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 .01 0z",
};

function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  const { aria = {}, data = {}, ...rest } = properties;
  Object.assign(made, rest);
  for (const [key, value] of Object.entries(aria)) made.setAttribute(key === "role" ? key : `aria-${key}`, value);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

function drawn(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/* All of it, empty of words: `say` fills them in, in the language of the page. */
export function frame(host, canvas) {
  const stage = make("div", { className: "stage", tabIndex: 0, aria: { role: "application", describedby: "help" } });
  const help = make("p", { id: "help", className: "aside" });
  const note = make("p", { className: "aside", aria: { role: "status", live: "polite" } });
  const seek = make("input", { type: "search", className: "seek", autocomplete: "off", spellcheck: false });
  const kinds = make("div", { className: "kinds", aria: { role: "group" } });
  const bar = make("div", { className: "chosen", hidden: true, aria: { role: "group" } });
  const tools = make("div", { className: "tools", aria: { role: "toolbar" } });
  const box = make("div", { className: "box" }, stage, bar);
  const root = make("section", { className: "canvas" }, make("div", { className: "head" }, seek, tools), kinds, box, help, note);
  const buttons = {};
  const does = {
    out: () => canvas.zoom(1 / 1.3),
    in: () => canvas.zoom(1.3),
    fit: () => canvas.fit(),
    lasso: () => canvas.lasso.toggle(),
    names: () => namesOf(canvas, buttons.names),
    eye: () => canvas.tell("unhide"),
    png: () => canvas.save("png"),
    svg: () => canvas.save("svg"),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()),
  };
  for (const [name, act] of Object.entries(does)) {
    buttons[name] = make("button", { type: "button", onclick: act, data: { tool: name } }, drawn(ICONS[name]));
    tools.append(buttons[name]);
  }
  seek.addEventListener("input", () => canvas.seek(seek.value));
  seek.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      seek.value = "";
      canvas.seek("");
      stage.focus();
    }
    if (event.key === "Enter") next(canvas, seek.value);
  });
  host.append(root);
  return {
    root, stage, seek,
    tell: (text) => (note.textContent = text),
    pressed: (name, on) => buttons[name].setAttribute("aria-pressed", String(on)),
    say: (data, of) => say({ data, of, root, stage, help, seek, kinds, tools, buttons }),
    chosen: (nodes, of) => chosen(bar, nodes, of),
  };
}

/* Go to the next of what was searched for. */
function next(canvas, text) {
  const hits = canvas.seek(text);
  if (hits.empty()) return;
  canvas.turn = ((canvas.turn ?? -1) + 1) % hits.length;
  const hit = hits[canvas.turn];
  canvas.cy.elements().unselect();
  hit.select();
  canvas.chosen();
  canvas.frame.tell(canvas.words(hit));
  canvas.cy.animate({ center: { eles: hit }, zoom: Math.max(canvas.cy.zoom(), 0.9) }, { duration: canvas.duration() });
}

function namesOf(canvas, button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  canvas.cy.edges().toggleClass("named", on);
}

function say({ data, of, root, stage, help, seek, kinds, tools, buttons }) {
  const { words } = data;
  for (const [name, button] of Object.entries(buttons)) {
    button.title = words[name];
    button.setAttribute("aria-label", words[name]);
  }
  const hidden = data.nodes.filter((node) => node.hidden).length;
  buttons.eye.hidden = hidden === 0;
  buttons.eye.title = `${words.eye} (${hidden})`;
  buttons.names.hidden = buttons.lasso.hidden = data.kind === "groups";
  seek.placeholder = words.seek;
  seek.setAttribute("aria-label", words.seek);
  root.setAttribute("aria-label", words.canvas);
  stage.setAttribute("aria-label", words.canvas);
  tools.setAttribute("aria-label", words.tools);
  kinds.setAttribute("aria-label", words.kinds);
  help.textContent = words.help;
  for (const [name, value] of Object.entries(data.palette)) root.style.setProperty(`--${name}`, value);
  const counts = new Map();
  for (const node of data.nodes) counts.set(node.type, (counts.get(node.type) || 0) + 1);
  kinds.replaceChildren(...data.types.map((type, n) => kindOf(type, counts.get(n) || 0, of)));
}

function kindOf({ word, path, colour }, count, canvas) {
  const glyph = drawn(path);
  glyph.style.fill = colour;
  const on = !canvas.off.has(word);
  const number = make("span", { className: "count", textContent: String(count) });
  const button = make("button", { type: "button", className: "kind", aria: { pressed: String(on) }, onclick: () => canvas.toggle(word) });
  button.append(glyph, make("span", { textContent: word }), number);
  return button;
}

/* What can be done with what is chosen. */
function chosen(bar, nodes, canvas) {
  const { words, kind } = canvas.data;
  bar.hidden = nodes.empty() || kind === "groups";
  if (bar.hidden) return;
  const act = (text, does, name) => make("button", { type: "button", textContent: text, data: { act: name }, onclick: does });
  const one = nodes.length === 1 ? nodes[0] : null;
  const title = make("strong", { dir: "auto", textContent: one ? one.data("full") : `${nodes.length} ${words.several}` });
  const made = [title];
  if (one && one.hasClass("opened")) made.push(act(words.fold, () => canvas.tell("fold", { id: one.id() }), "fold"));
  else if (one) made.push(act(words.open, () => canvas.open(one), "open"));
  if (nodes.length === 2) made.push(act(words.way, () => canvas.tell("way", { ids: nodes.map((node) => node.id()) }), "way"));
  const pinned = nodes.every((node) => node.hasClass("pinned"));
  made.push(act(pinned ? words.unpin : words.pin, () => canvas.pin(nodes), "pin"));
  made.push(act(words.hide, () => canvas.hide(nodes), "hide"));
  if (nodes.length > 1) made.push(act(words.only, () => canvas.hide(canvas.visible().difference(nodes)), "only"));
  bar.setAttribute("aria-label", title.textContent);
  bar.replaceChildren(...made);
}
