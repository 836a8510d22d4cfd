/* The canvas by keyboard: arrows go to the neighbour that lies that way, Enter opens, + - 0 zoom. */

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function listen(canvas) {
  const does = {
    Enter: (node) => node && canvas.open(node),
    " ": (node) => node && canvas.tell("select", { id: node.id() }),
    "+": () => canvas.zoom(1.3),
    "=": () => canvas.zoom(1.3),
    "-": () => canvas.zoom(1 / 1.3),
    0: () => canvas.fit(),
    h: (node) => node && canvas.hide(node),
    p: (node) => node && canvas.pin(node),
    c: (node) => node && node.hasClass("opened") && canvas.tell("fold", { id: node.id() }),
    "/": () => canvas.frame.seek.focus(),
    Escape: () => canvas.unselect(),
  };
  canvas.frame.stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = current(canvas);
    const way = WAYS[event.key];
    const done = way ? () => go(canvas, node, way) : does[event.key];
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
    done(node);
  });
  canvas.frame.stage.addEventListener("focus", () => {
    if (!current(canvas) && canvas.data) go(canvas, null, [1, 0]);
  });
}

function current(canvas) {
  const chosen = canvas.cy.$("node:selected");
  return chosen.nonempty() ? chosen[0] : null;
}

function go(canvas, node, way) {
  const next = node ? towards(node, node.neighborhood("node"), way, 0.35) || towards(node, canvas.visible(), way, 0.5) : middle(canvas);
  if (!next) return;
  canvas.cy.elements().unselect();
  next.select();
  canvas.chosen();
  canvas.frame.tell(canvas.words(next));
  const seen = canvas.cy.extent();
  const { x, y } = next.position();
  if (x < seen.x1 || x > seen.x2 || y < seen.y1 || y > seen.y2) canvas.cy.animate({ center: { eles: next } }, { duration: canvas.duration() });
}

/* The nearest one that lies that way: `least` is the smallest cosine of the angle between. */
function towards(from, nodes, [dx, dy], least) {
  const { x, y } = from.position();
  let best = null;
  let cost = Infinity;
  nodes.not(".hidden, .off").forEach((node) => {
    if (node.same(from)) return;
    const at = node.position();
    const length = Math.hypot(at.x - x, at.y - y) || 1;
    const cosine = ((at.x - x) * dx + (at.y - y) * dy) / length;
    if (cosine < least || length / cosine >= cost) return;
    best = node;
    cost = length / cosine;
  });
  return best;
}

/* Where to begin: the one looked at, otherwise the best connected. */
function middle(canvas) {
  const focus = canvas.data.focus && canvas.cy.getElementById(canvas.data.focus);
  if (focus && focus.nonempty()) return focus;
  return canvas.visible().sort((a, b) => b.degree() - a.degree())[0] || null;
}
