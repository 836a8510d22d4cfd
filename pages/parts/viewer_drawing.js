// Drawing a part of a page: a rectangle by mouse, finger or pen, or by the numbers of its sides.
// Stands before viewer.js, whose reader it is a half of: `stage`, `osd`, `data`, `part()`, `onPage()` come from there.

const clamp = (value, least, most) => Math.min(Math.max(value, least), most)

class Drawing {
  prepareDrawing() {
    this.layer = document.createElement("div")
    this.layer.className = "layer draw-only"
    this.stage.append(this.layer)
    this.layer.onpointerdown = (event) => this.pull(event)
    this.layer.onwheel = (event) => {
      event.preventDefault()
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8)
    }
    this.part(".fields").onsubmit = (event) => event.preventDefault()
    this.part(".fields").oninput = () => this.typed()
    this.part(".fields").onchange = () => this.take()
  }

  move() {
    const moving = this.layer.classList.toggle("moving")
    this.part("[data-do=move]").setAttribute("aria-pressed", String(moving))
  }

  pull(event) {
    if (!this.ready || event.button) return
    event.preventDefault()
    this.layer.setPointerCapture(event.pointerId)
    const from = this.at(event)
    this.layer.onpointermove = (moved) => this.between(from, this.at(moved))
    this.layer.onpointerup = this.layer.onpointercancel = () => {
      if (this.layer.onpointermove) this.take()
      this.layer.onpointermove = null
    }
  }

  at(event) {
    const box = this.layer.getBoundingClientRect()
    const point = this.onPage(new this.lib.Point(event.clientX - box.left, event.clientY - box.top))
    return { x: clamp(point.x, 0, this.data.pageWidth), y: clamp(point.y, 0, this.data.pageHeight) }
  }

  between(a, b) {
    const [x, y] = [Math.floor(Math.min(a.x, b.x)), Math.floor(Math.min(a.y, b.y))]
    const [w, h] = [Math.ceil(Math.abs(a.x - b.x)), Math.ceil(Math.abs(a.y - b.y))]
    this.drawn = this.inside({ x, y, w, h })
    this.outline()
  }

  inside({ x, y, w, h }) {
    const { pageWidth, pageHeight } = this.data
    const [left, top] = [clamp(x, 0, pageWidth - 1), clamp(y, 0, pageHeight - 1)]
    return { x: left, y: top, w: clamp(w, 1, pageWidth - left), h: clamp(h, 1, pageHeight - top) }
  }

  typed() {
    const given = {}
    for (const name of ["x", "y", "w", "h"]) given[name] = Math.round(Number(this.part(`[name=${name}]`).value) || 0)
    this.drawn = given.w > 0 && given.h > 0 ? this.inside(given) : null
    this.outline(false)
  }

  outline(fields = true) {
    if (this.mark) this.osd.removeOverlay(this.mark)
    this.mark = null
    if (!this.data.drawing || !this.drawn) return
    this.mark = document.createElement("div")
    this.mark.className = "region drawn"
    this.osd.addOverlay({ element: this.mark, location: this.rectangle(this.drawn) })
    if (fields) for (const name of ["x", "y", "w", "h"]) this.part(`[name=${name}]`).value = String(this.drawn[name])
  }

  // What is drawn counts at once: a button here would be forgotten beside the one that ends the form.
  take() {
    if (!this.drawn || JSON.stringify(this.drawn) === this.taken) return
    this.taken = JSON.stringify(this.drawn)
    this.component.setTriggerValue("drawn", this.drawn)
    this.tell("")
  }
}
