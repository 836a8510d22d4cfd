/* What the things of the graph look like: the same glyph and colour for a type as everywhere, drawn once per type. */

const FONT = '"Source Sans 3", Helvetica, Arial, sans-serif';
const made = new Map();
const shapes = new Map();
const SQUARE = "-1 -1 1 -1 1 1 -1 1";

/* A PNG of each type's glyph; drawing paths again for each of thousands of nodes would be slow. */
export function images(data) {
  return data.types.map(({ path, colour }) => {
    const key = `${path} ${colour} ${data.palette.ground}`;
    if (!made.has(key)) made.set(key, glyph(path, colour, data.palette.ground));
    return made.get(key);
  });
}

function glyph(path, colour, ground) {
  const side = 112;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  pen.scale(side / 28, side / 28);
  pen.translate(2, 2);
  const shape = new Path2D(path);
  pen.fillStyle = colour;
  pen.strokeStyle = ground;
  pen.fill(shape, "evenodd");
  pen.stroke(shape);
  return canvas.toDataURL();
}

/* The outline of each type's glyph as a shape: filling thousands of them is quicker than as many pictures. */
export function outlines(data) {
  return data.types.map(({ path }) => {
    if (!shapes.has(path)) shapes.set(path, outline(path));
    return shapes.get(path);
  });
}

function outline(path) {
  if (/[aA]/.test(path)) return { shape: "ellipse", points: SQUARE };
  return { shape: "polygon", points: corners(path.split(/(?<=z)/i)[0]).map((at) => +(at / 12 - 1).toFixed(3)).join(" ") };
}

/* The corners of a closed line of straight pieces, x and y in turn: each is compared for each of thousands of nodes. */
function corners(path) {
  const found = [];
  let [x, y] = [0, 0];
  for (const [, name, said] of path.matchAll(/([MLHV])([^a-z]*)/gi)) {
    const [from, numbers] = [name === name.toLowerCase(), said.match(/-?\d*\.?\d+/g).map(Number)];
    const step = /[hv]/i.test(name) ? 1 : 2;
    for (let n = 0; n < numbers.length; n += step) {
      const [dx, dy] = { h: [numbers[n], from ? 0 : y], v: [from ? 0 : x, numbers[n]] }[name.toLowerCase()] || [numbers[n], numbers[n + 1]];
      [x, y] = from ? [x + dx, y + dy] : [dx, dy];
      found.push(x, y);
    }
  }
  return found;
}

/* Letters as they are compared: small, without accents. */
export function plain(text) {
  return String(text).toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
}

export function node(node, data, images, outlines) {
  const { colour, word } = data.types[node.type];
  const picture = data.pictures[node.id];
  const classes = [node.opened && "opened", node.pinned && "pinned", node.hidden && "hidden", node.size && "group"];
  return {
    group: "nodes",
    data: {
      id: node.id, label: node.label, full: node.full || node.label, kind: word, colour, image: images[node.type],
      ...outlines[node.type], picture: picture || "", more: node.more || 0, size: node.size || (picture ? 52 : node.opened ? 34 : 26),
    },
    position: { x: node.x, y: node.y },
    classes: [...classes, picture && "pictured", (node.size || 0) >= 140 && "roomy"].filter(Boolean).join(" "),
  };
}

export function edge(edge, data) {
  const { id, from, to, label, together, weight } = edge;
  return {
    group: "edges",
    data: { id, source: data.nodes[from].id, target: data.nodes[to].id, label, width: Math.min(7, 0.9 + 0.6 * Math.log2(weight || 1)) },
    classes: together ? "together" : "",
  };
}

/* What is the same for all costs each of thousands of nodes and lines: where there are so many, only what is seen. */
export function stylesheet(data, large) {
  const { ground, ink, soft, line, accent } = data.palette;
  const text = { "font-family": FONT, "text-outline-color": ground, "text-outline-width": 2.5 };
  const words = { ...text, "font-size": 12, color: soft, "min-zoomed-font-size": 6, "text-rotation": "autorotate" };
  const named = { ...(large ? words : {}), label: "data(label)", "min-zoomed-font-size": 0 };
  return [
    { selector: "node", style: {
      ...text, width: "data(size)", height: "data(size)", label: "data(label)", color: ink, "font-size": large ? 9 : 14,
      "text-valign": "bottom", "text-margin-y": 4, "min-zoomed-font-size": large ? 8 : 7,
    } },
    { selector: "node", style: large ? {
      shape: "data(shape)", "shape-polygon-points": "data(points)", "background-color": "data(colour)",
    } : {
      "background-opacity": 0, "background-image": "data(image)", "background-fit": "contain", "text-wrap": "wrap", "text-max-width": "132px",
    } },
    { selector: "node.opened", style: {
      "font-size": 16, "font-weight": 600, "outline-width": 1.5, "outline-offset": 3.5, "outline-color": "data(colour)", "min-zoomed-font-size": 5,
    } },
    { selector: "node.pictured", style: {
      shape: "round-rectangle", "background-color": ground, "background-opacity": 1, "border-width": 2, "border-color": "data(colour)",
      "background-image": (node) => [node.data("picture"), node.data("image")], "background-fit": ["cover", "none"],
      "background-width": ["100%", "18px"], "background-height": ["100%", "18px"],
      "background-position-x": ["50%", "100%"], "background-position-y": ["50%", "100%"],
    } },
    { selector: "node.group", style: {
      "background-color": "data(colour)", "background-opacity": 0.13, "background-fit": "none", "background-width": "20px",
      "background-height": "20px", "border-width": 1.5, "border-color": "data(colour)", "border-opacity": 0.75, "min-zoomed-font-size": 5,
      "font-size": 19, "text-max-width": "190px", "text-outline-width": 3,
    } },
    { selector: "node.roomy", style: {
      "text-valign": "center", "text-margin-y": 10, "background-position-y": "12%", "text-outline-width": 0, "font-size": 28,
      "text-max-width": (node) => `${Math.max(70, node.data("size") - 16)}px`,
    } },
    { selector: "node.pinned", style: { "underlay-color": soft, "underlay-opacity": 0.22, "underlay-padding": 7, "underlay-shape": "round-rectangle" } },
    { selector: "edge", style: { width: "data(width)", "line-color": line } },
    ...(large ? [] : [{ selector: "edge", style: {
      ...words, "curve-style": "bezier", "control-point-step-size": 28, "target-arrow-color": line, "target-arrow-shape": "triangle",
      "arrow-scale": 0.75, "target-distance-from-node": 2,
    } }]),
    { selector: "edge.together", style: { "line-style": "dashed", "line-dash-pattern": [5, 5], "target-arrow-shape": "none" } },
    { selector: "node.over, edge.near, edge.named", style: { "z-index": 20 } },
    { selector: "node.over", style: { "min-zoomed-font-size": 0, color: accent } },
    { selector: "edge.named, edge.near, edge:selected", style: named },
    { selector: "edge.near, edge:selected", style: { "line-color": accent, "target-arrow-color": accent, color: ink } },
    { selector: "edge:selected", style: { width: 3 } },
    { selector: "node.hit", style: { "outline-width": 4, "outline-offset": 4, "outline-color": accent, "min-zoomed-font-size": 0, "z-index": 30 } },
    { selector: "node.way", style: { "outline-width": 2.5, "outline-offset": 4, "outline-color": accent, "min-zoomed-font-size": 0, "z-index": 25, "font-weight": 600 } },
    { selector: "edge.way, edge.told", style: { ...named, "line-color": accent, "target-arrow-color": accent, width: 3.2, color: ink } },
    { selector: ".faded", style: { opacity: 0.16 } },
    { selector: "node:selected", style: {
      "outline-width": 3, "outline-offset": 4, "outline-color": accent, "min-zoomed-font-size": 0, "z-index": 40, opacity: 1,
    } },
    { selector: ".hidden, .off", style: { display: "none" } },
    { selector: ":active", style: { "overlay-opacity": 0 } },
    { selector: "core", style: { "selection-box-color": accent, "selection-box-opacity": 0.15, "selection-box-border-color": accent, "active-bg-opacity": 0 } },
  ];
}

/* Where many nodes lie, without their names: measuring these takes as long as drawing them. */
export function bounds(nodes) {
  const box = { x1: Infinity, y1: Infinity, x2: -Infinity, y2: -Infinity };
  nodes.forEach((node) => {
    const [{ x, y }, half] = [node.position(), node.data("size") / 2];
    box.x1 = Math.min(box.x1, x - half);
    box.y1 = Math.min(box.y1, y - half);
    box.x2 = Math.max(box.x2, x + half);
    box.y2 = Math.max(box.y2, y + half);
  });
  return { ...box, w: box.x2 - box.x1, h: box.y2 - box.y1 };
}
