/* Choosing by drawing a line around: what lies inside is chosen when the pointer is let go. */

export function over(canvas) {
  const { stage } = canvas.frame;
  const sheet = document.createElement("canvas");
  sheet.className = "lasso";
  sheet.hidden = true;
  stage.parentElement.append(sheet);
  let line = [];

  const at = (event) => {
    const box = sheet.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const draw = () => {
    const pen = sheet.getContext("2d");
    pen.clearRect(0, 0, sheet.width, sheet.height);
    pen.beginPath();
    line.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.strokeStyle = canvas.data.palette.accent;
    pen.fillStyle = `${canvas.data.palette.accent}22`;
    pen.lineWidth = 1.5;
    pen.fill();
    pen.stroke();
  };

  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    line = [at(event)];
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!line.length) return;
    line.push(at(event));
    draw();
  });
  sheet.addEventListener("pointerup", () => {
    const around = line;
    line = [];
    draw();
    switchTo(false);
    const inside = canvas.visible().filter((node) => within(node.renderedPosition(), around));
    canvas.cy.elements().unselect();
    inside.select();
    canvas.chosen();
  });

  function switchTo(on) {
    sheet.hidden = !on;
    sheet.width = stage.clientWidth;
    sheet.height = stage.clientHeight;
    canvas.frame.pressed("lasso", on);
  }
  return { toggle: () => switchTo(sheet.hidden) };
}

/* Whether a point lies inside of a closed line: how often a ray to the right crosses it. */
export function within({ x, y }, line) {
  let inside = false;
  for (let n = 0, last = line.length - 1; n < line.length; last = n++) {
    const [ax, ay] = line[n];
    const [bx, by] = line[last];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
