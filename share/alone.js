/* The graph of a page by itself: moved, zoomed, marked. Nothing is loaded, and no words are made into anything. */
for (const svg of document.querySelectorAll("svg.graph")) {
  const view = svg.querySelector(".view");
  const article = svg.closest("article");
  const nodes = new Map([...svg.querySelectorAll(".node")].map((node) => [node.dataset.n, node]));
  const edges = [...svg.querySelectorAll("line")];
  let x = 0, y = 0, scale = 1, held = null;

  const draw = () => view.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  };

  const mark = (n) => {
    const near = new Set([n]);
    const said = new Set();
    for (const edge of edges) {
      const here = edge.dataset.a === n || edge.dataset.b === n;
      edge.classList.toggle("off", n !== null && !here);
      if (here) {
        near.add(edge.dataset.a).add(edge.dataset.b);
        if (edge.dataset.claim) said.add(edge.dataset.claim);
      }
    }
    for (const [each, node] of nodes) {
      node.classList.toggle("off", n !== null && !near.has(each));
      node.classList.toggle("on", n === each);
    }
    for (const line of article.querySelectorAll("li[id]")) line.classList.toggle("off", n !== null && !said.has(line.id));
  };

  const move = (node, dx, dy) => {
    const [, nx, ny] = node.getAttribute("transform").match(/translate\((\S+) (\S+)\)/).map(Number);
    node.setAttribute("transform", `translate(${nx + dx} ${ny + dy})`);
    for (const edge of edges) {
      for (const [end, number] of [["a", 1], ["b", 2]]) {
        if (edge.dataset[end] !== node.dataset.n) continue;
        edge.setAttribute(`x${number}`, nx + dx);
        edge.setAttribute(`y${number}`, ny + dy);
      }
    }
  };

  svg.addEventListener("pointerdown", (event) => {
    held = { node: event.target.closest(".node"), last: at(event), moved: false };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [px, py] = at(event);
    const dx = px - held.last[0], dy = py - held.last[1];
    if (!held.moved && Math.hypot(dx, dy) < 3) return;
    held.moved = true;
    held.last = [px, py];
    if (held.node) move(held.node, dx / scale, dy / scale);
    else { x += dx; y += dy; draw(); }
  });
  svg.addEventListener("pointerup", () => {
    if (held && !held.moved) mark(held.node ? held.node.dataset.n : null);
    held = null;
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [px, py] = at(event);
    const next = Math.min(5, Math.max(0.3, scale * (event.deltaY < 0 ? 1.15 : 0.87)));
    x = px - (px - x) * (next / scale);
    y = py - (py - y) * (next / scale);
    scale = next;
    draw();
  }, { passive: false });
  svg.addEventListener("keydown", (event) => {
    const node = event.target.closest(".node");
    if (node && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); mark(node.dataset.n); }
    if (event.key === "Escape") mark(null);
  });
  article.querySelector(".reset").addEventListener("click", () => { x = 0; y = 0; scale = 1; draw(); mark(null); });
}
