/* The picture as a file: PNG as it is drawn, SVG made anew from the same places, shapes and words. */

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 8000;

export async function png(canvas) {
  const box = canvas.cy.elements().not(".hidden, .off").boundingBox();
  const scale = Math.max(0.1, Math.min(2, WIDEST / Math.max(box.w, box.h, 1)));
  const blob = await canvas.cy.png({ output: "blob-promise", full: true, scale, bg: canvas.data.palette.ground });
  give(blob, `${canvas.data.words.file}.png`);
}

export function svg(canvas) {
  const text = new XMLSerializer().serializeToString(drawing(canvas));
  give(new Blob([text], { type: "image/svg+xml" }), `${canvas.data.words.file}.svg`);
}

function give(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function drawing(canvas) {
  const { cy, data } = canvas;
  const { ground, ink, soft, line } = data.palette;
  const all = cy.elements().not(".hidden, .off");
  const { x1, y1, w, h } = all.boundingBox();
  const sheet = document.implementation.createDocument(SVG, "svg").documentElement;
  const put = (parent, name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== undefined) made.textContent = clean(text);
    parent.append(made);
    return made;
  };
  const size = { width: Math.ceil(w + 40), height: Math.ceil(h + 40) };
  const box = { viewBox: `${Math.floor(x1 - 20)} ${Math.floor(y1 - 20)} ${size.width} ${size.height}` };
  for (const [key, value] of Object.entries({ ...size, ...box })) sheet.setAttribute(key, String(value));
  put(sheet, "title", {}, data.words.canvas);
  put(sheet, "rect", { x: x1 - 20, y: y1 - 20, ...size, fill: ground });
  const lines = put(sheet, "g", { stroke: line, fill: "none" });
  all.edges().forEach((edge) => {
    const [a, b] = [edge.source().position(), edge.target().position()];
    const dash = edge.hasClass("together") ? { "stroke-dasharray": "5 5" } : {};
    put(lines, "line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, "stroke-width": edge.data("width"), ...dash });
  });
  const names = put(sheet, "g", { "font-family": "Source Sans 3, Helvetica, Arial, sans-serif", "text-anchor": "middle", fill: ink });
  if (all.edges().length <= 60) all.edges().forEach((edge) => {
    const [a, b] = [edge.source().position(), edge.target().position()];
    put(names, "text", { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, "font-size": 11, fill: soft, ...halo(ground) }, edge.data("label"));
  });
  const kinds = new Map(data.types.map((type) => [type.word, type]));
  all.nodes().forEach((node) => {
    const { x, y } = node.position();
    const side = node.data("size");
    if (node.hasClass("group")) put(sheet, "circle", { cx: x, cy: y, r: side / 2, fill: node.data("colour"), "fill-opacity": 0.13, stroke: node.data("colour") });
    if (node.data("picture")) put(sheet, "image", { x: x - side / 2, y: y - side / 2, width: side, height: side, href: node.data("picture") });
    else if (!node.hasClass("group")) put(sheet, "path", { d: kinds.get(node.data("kind")).path, fill: node.data("colour"), "fill-rule": "evenodd", transform: `translate(${x - side / 2} ${y - side / 2}) scale(${side / 24})` });
    const below = node.hasClass("roomy") ? y + 5 : y + side / 2 + 16;
    put(names, "text", { x, y: below, "font-size": node.hasClass("opened") ? 15 : 13, ...halo(ground) }, node.data("label").replaceAll("\n", " · "));
  });
  sheet.append(names);
  return sheet;
}

const halo = (ground) => ({ stroke: ground, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round" });

/* XML knows no control characters. */
const clean = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
