/* The graph of the page Explore: drawn by cytoscape.js, placed by the server, told to the server click by click.

The server sends all that is on the canvas (see `pages/parts/canvas.py`); what changes is found by comparing, so nothing
moves that need not. Words come from documents: they are drawn as text or set as `textContent`, never as HTML. */

const version = new URL(import.meta.url).search;
const [{ default: cytoscape }, look, parts, keys, saving, lasso] = await Promise.all(
  ["cytoscape.min.js", "look.js", "parts.js", "keys.js", "saving.js", "lasso.js"].map((name) => import(`./${name}${version}`)),
);

const drawn = new WeakMap();
const LARGE = 400;

/* Draw or update the canvas of a component; returns what ends it. */
export function show({ data, parentElement, setTriggerValue }) {
  let canvas = drawn.get(parentElement);
  if (!canvas) {
    canvas = new Canvas(parentElement);
    drawn.set(parentElement, canvas);
  }
  canvas.tell = (what, more = {}) => setTriggerValue("did", { what, places: canvas.moved(), ...more });
  canvas.update(data);
  return () => {
    canvas.end();
    drawn.delete(parentElement);
  };
}

class Canvas {
  constructor(host) {
    this.off = new Set();
    this.places = {};
    this.data = null;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.frame = parts.frame(host, this);
    this.cy = cytoscape({
      container: this.frame.stage,
      layout: { name: "preset" },
      minZoom: 0.04,
      maxZoom: 4,
      boxSelectionEnabled: true,
      selectionType: "single",
      hideEdgesOnViewport: false,
      pixelRatio: Math.min(2, devicePixelRatio || 1),
    });
    this.listen();
    keys.listen(this);
    this.lasso = lasso.over(this);
    for (const name of ["pointerdown", "pointermove", "wheel"]) {
      this.frame.stage.addEventListener(name, () => this.stands(), { capture: true, passive: true });
    }
    this.watch = new ResizeObserver(() => this.resized());
    this.watch.observe(this.frame.stage);
    // For tests and for the console: what is drawn and where.
    this.frame.root.canvas = this;
  }

  update(data) {
    const before = this.data;
    this.data = data;
    this.frame.root.style.setProperty("--height", `${data.height}px`);
    const restyled = !before || before.palette.ground !== data.palette.ground || this.large(before) !== this.large(data);
    const glyphs = [look.images(data), look.outlines(data)];
    const fresh = !before || before.scene !== data.scene;
    const added = this.cy.collection();
    const many = fresh ? 0 : this.cy.nodes().length; // What is folded leaves the rest small in a corner.
    if (fresh) this.cy.elements().remove();
    if (restyled) this.cy.style(look.stylesheet(data, this.large(data)));
    this.cy.batch(() => this.merge(added, glyphs));
    // All at once: the first drawing would ask for the bounds of one after the other, which takes twice as long.
    if (this.large(data)) added.boundingBox();
    this.fade();
    this.frame.say(data, this);
    this.select(data.focus);
    this.underline(data.line || []);
    if (fresh || this.cy.nodes().length < many) this.fit(!fresh);
    else this.bring(added);
    this.ready();
  }

  /* The line that is told of beside the canvas, in both directions. */
  underline([a, b]) {
    const ids = new Set([`${a}>${b}`, `${b}>${a}`]);
    this.cy.edges().forEach((edge) => edge.toggleClass("told", ids.has(edge.id())));
  }

  large(data) {
    return data.nodes.length > LARGE;
  }

  /* Make what is drawn the same as what was sent; `added` collects what is new. */
  merge(added, glyphs) {
    const { nodes, edges } = this.data;
    const wanted = new Set(nodes.map((node) => node.id));
    const joined = new Set(edges.map((edge) => edge.id));
    this.cy.edges().filter((edge) => !joined.has(edge.id())).remove();
    this.cy.nodes().filter((node) => !wanted.has(node.id())).remove();
    const fresh = [];
    for (const node of nodes) {
      const made = look.node(node, this.data, ...glyphs);
      if (!this.cy.hasElementWithId(node.id)) fresh.push(made);
      else {
        const known = this.cy.getElementById(node.id);
        known.data(made.data).classes(made.classes);
        if (!this.places[node.id]) known.unlock().position(made.position);
      }
    }
    for (const edge of edges) {
      const made = look.edge(edge, this.data);
      if (!this.cy.hasElementWithId(edge.id)) fresh.push(made);
      else this.cy.getElementById(edge.id).data(made.data).classes(made.classes);
    }
    added.merge(this.cy.add(fresh));
    for (const node of nodes) if (node.pinned) this.cy.getElementById(node.id).lock();
  }

  listen() {
    const { cy } = this;
    cy.on("tap", "node", ({ target }) => this.picked(target));
    cy.on("dbltap", "node", ({ target }) => this.open(target));
    cy.on("tap", "edge", ({ target }) => this.pickedEdge(target));
    cy.on("tap", ({ target }) => target === cy && this.unselect());
    cy.on("boxend", () => setTimeout(() => this.chosen()));
    cy.on("dragfree", "node", ({ target }) => {
      const { x, y } = target.position();
      this.places[target.id()] = [Math.round(x), Math.round(y)];
    });
    cy.on("mouseover", "node", ({ target }) => this.near(target, true));
    cy.on("mouseout", "node", ({ target }) => this.near(target, false));
    cy.on("mouseover", "edge", ({ target }) => target.addClass("named"));
    cy.on("mouseout", "edge", ({ target }) => target.removeClass("named"));
    cy.on("mouseover", "node, edge", () => this.frame.stage.classList.add("over"));
    cy.on("mouseout", "node, edge", () => this.frame.stage.classList.remove("over"));
  }

  near(node, on) {
    node.toggleClass("over", on);
    if (node.degree() <= 40) node.connectedEdges().toggleClass("near", on);
  }

  /* What was moved by hand since the server was last told. */
  moved() {
    const places = this.places;
    this.places = {};
    return places;
  }

  picked(node) {
    if (this.data.kind === "groups") return this.tell("group", { id: node.id() });
    const more = this.cy.$("node:selected").length > 1;
    this.frame.tell(this.words(node));
    if (!more) this.tell("select", { id: node.id() });
    return this.chosen();
  }

  pickedEdge(edge) {
    if (this.data.kind === "groups") return;
    this.cy.elements().unselect();
    edge.select();
    this.chosen();
    this.tell("edge", { ids: [edge.source().id(), edge.target().id()] });
  }

  open(node) {
    if (this.data.kind === "groups") this.tell("group", { id: node.id() });
    else this.tell("open", { id: node.id() });
  }

  select(id) {
    if (!id || this.cy.$("node:selected").length > 1) return this.chosen();
    const node = this.cy.getElementById(id);
    if (node.empty() || node.selected()) return this.chosen();
    this.cy.elements().unselect();
    node.select();
    return this.chosen();
  }

  unselect() {
    this.cy.elements().unselect();
    this.chosen();
  }

  /* The bar for what is chosen follows the choice. */
  chosen() {
    this.frame.chosen(this.cy.$("node:selected"), this);
  }

  hide(nodes) {
    const ids = nodes.map((node) => node.id());
    nodes.addClass("hidden").unselect();
    this.chosen();
    this.tell("hide", { ids });
  }

  pin(nodes) {
    const on = nodes.some((node) => !node.hasClass("pinned"));
    nodes.toggleClass("pinned", on);
    nodes.forEach((node) => {
      node[on ? "lock" : "unlock"]();
      const { x, y } = node.position();
      this.places[node.id()] = [Math.round(x), Math.round(y)];
    });
    this.chosen();
    this.tell("pin", { ids: nodes.map((node) => node.id()), on });
  }

  /* Fade all but what was searched for, what lies on the way, and the kinds that are switched on. */
  fade() {
    const { cy, data } = this;
    const sought = this.sought || "";
    const way = new Set(data.way || []);
    const wanted = sought !== "" || way.size > 0 || this.off.size > 0;
    if (!wanted && !this.fading) return;
    this.fading = wanted;
    cy.batch(() => {
      cy.nodes().forEach((node) => {
        const off = this.off.has(node.data("kind"));
        const hit = sought !== "" && look.plain(node.data("full")).includes(sought);
        node.toggleClass("off", off).toggleClass("hit", hit).toggleClass("way", way.has(node.id()));
        node.toggleClass("faded", !off && ((sought !== "" && !hit) || (way.size > 0 && sought === "" && !way.has(node.id()))));
      });
      cy.edges().forEach((edge) => {
        const on = way.has(edge.source().id()) && way.has(edge.target().id());
        edge.toggleClass("way", on).toggleClass("faded", (way.size > 0 && !on) || sought !== "");
      });
    });
  }

  seek(text) {
    this.sought = look.plain(text.trim());
    this.fade();
    const hits = this.cy.$("node.hit").not(".hidden, .off");
    this.frame.tell(this.sought === "" ? "" : `${hits.length} ${this.data.words.found}`);
    return hits;
  }

  toggle(kind) {
    if (this.off.has(kind)) this.off.delete(kind);
    else this.off.add(kind);
    this.fade();
    this.frame.say(this.data, this);
  }

  visible() {
    return this.cy.nodes().not(".hidden, .off");
  }

  duration() {
    return this.calm ? 0 : 260;
  }

  fit(animated = true) {
    const eles = this.visible();
    if (eles.empty()) return;
    const padding = 26;
    if (animated && !this.calm) this.cy.animate({ fit: { eles, padding } }, { duration: this.duration() });
    else this.frameAll(eles, padding);
  }

  /* The same at once, not larger than names are comfortably read. */
  frameAll(eles, padding) {
    const { x1, y1, w, h } = eles.length > LARGE ? look.bounds(eles) : eles.boundingBox();
    const [width, height] = [this.cy.width(), this.cy.height()];
    const zoom = Math.min(1.25, (width - 2 * padding) / Math.max(w, 1), (height - 2 * padding) / Math.max(h, 1));
    this.cy.viewport({ zoom: Math.max(zoom, 0.04), pan: { x: width / 2 - zoom * (x1 + w / 2), y: height / 2 - zoom * (y1 + h / 2) } });
  }

  /* Move the view only where something new lies outside of it. */
  bring(added) {
    const nodes = added.nodes();
    if (nodes.empty()) return;
    const seen = this.cy.extent();
    const box = nodes.boundingBox();
    if (box.x1 < seen.x1 || box.x2 > seen.x2 || box.y1 < seen.y1 || box.y2 > seen.y2) this.fit();
  }

  zoom(by) {
    const level = this.cy.zoom() * by;
    const at = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.animate({ zoom: { level, renderedPosition: at } }, { duration: this.calm ? 0 : 120 });
  }

  words(node) {
    const { words } = this.data;
    const said = [node.data("full"), node.data("kind"), `${node.degree()} ${words.joined}`];
    if (node.data("more") > 0) said.push(`${node.data("more")} ${words.more}`);
    return said.filter(Boolean).join(", ");
  }

  /* What scrolls and grows lies outside of our shadow root, where cytoscape does not look: it would take what is pointed
     at for something else. */
  stands() {
    const { left, top } = this.frame.stage.getBoundingClientRect();
    if (left === this.left && top === this.top) return;
    [this.left, this.top] = [left, top];
    this.cy.resize();
  }

  resized() {
    this.cy.resize();
    if (this.waiting && this.cy.width() > 0) {
      this.waiting = false;
      this.fit(false);
    }
  }

  ready() {
    this.waiting = this.cy.width() === 0;
    requestAnimationFrame(() => requestAnimationFrame(() => (this.frame.root.dataset.ready = String(this.cy.nodes().length))));
  }

  save(kind) {
    return kind === "svg" ? saving.svg(this) : saving.png(this);
  }

  end() {
    this.watch.disconnect();
    this.cy.destroy();
  }
}
