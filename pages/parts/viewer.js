// A page that can be zoomed into, with its places drawn as buttons. Words come from documents that nobody has checked:
// they become text and labels, never HTML.

const SCRIPT = "app/static/openseadragon/openseadragon-6.1.1.min.js"
const INTEGRITY = "sha384-KKly+4vqqBHitr2XfNKWa3+0asIVpzYs2HijkM/zz0X6rgnyLuQEVERX9HqkM5/P"
const TILE = 1024
const viewers = new WeakMap()

// Pages lie in one folder, whatever stands before it in the address.
const here = (path) => new URL(path, new URL(".", location.href)).href

function openSeadragon() {
  if (window.OpenSeadragon) return Promise.resolve(window.OpenSeadragon)
  window.wunderkammerViewer ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = here(SCRIPT)
    script.integrity = INTEGRITY
    script.onload = () => resolve(window.OpenSeadragon)
    script.onerror = reject
    document.head.append(script)
  })
  return window.wunderkammerViewer
}

class Reader extends Drawing {
  constructor(frame) {
    super()
    this.frame = frame
    this.data = {}
    this.regions = new Map()
    this.stage = this.part(".stage")
    for (const button of frame.querySelectorAll("[data-do]")) button.onclick = () => this[button.dataset.do]()
    frame.onkeydown = (event) => this.key(event)
    // Keys turn pages wherever the reader of them last clicked, unless they type there.
    this.onDocumentKey = (event) => this.keyElsewhere(event)
    document.addEventListener("keydown", this.onDocumentKey)
  }

  part(selector) {
    return this.frame.querySelector(selector)
  }

  async show(component) {
    const { data } = component
    this.component = component
    const before = this.data
    this.data = data
    this.page = data.page
    this.words(data)
    this.frame.classList.toggle("drawing", Boolean(data.drawing))
    if (!this.osd) {
      this.starting ??= this.start()
      await this.starting
      return
    }
    if (before.image !== data.image) this.open()
    else if (this.ready) {
      this.draw()
      const elsewhere = JSON.stringify(before.fit) !== JSON.stringify(data.fit)
      if (elsewhere && data.fit && !data.drawing) this.arrive()
    }
  }

  words(data) {
    const { labels } = data
    this.stage.setAttribute("aria-label", data.title)
    this.part(".bar").setAttribute("aria-label", labels.bar)
    for (const button of this.frame.querySelectorAll(".bar [data-do]")) {
      button.setAttribute("aria-label", labels[button.dataset.do])
      button.title = labels[button.dataset.do]
    }
    this.part(".problem p").textContent = labels.unavailable
    this.part("[data-do=again]").textContent = labels.again
    this.part(".credit").textContent = data.credit
    this.part(".number").textContent = `${data.page} / ${data.pages}`
    for (const name of ["x", "y", "w", "h"]) this.part(`[name=${name}]`).previousElementSibling.textContent = labels[name]
    this.tell("")
  }

  async start() {
    try {
      this.lib = await openSeadragon()
    } catch {
      this.starting = window.wunderkammerViewer = undefined
      this.part(".problem").hidden = false
      return
    }
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches
    this.osd = new this.lib.Viewer({
      element: this.stage,
      prefixUrl: "",
      showNavigationControl: false,
      drawer: ["webgl", "canvas"],
      crossOriginPolicy: false,
      imageLoaderLimit: 4,
      timeout: 60000,
      animationTime: still ? 0 : 0.5,
      visibilityRatio: 1,
      minZoomImageRatio: 0.8,
      maxZoomPixelRatio: 4,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true },
    })
    this.osd.addHandler("open", () => this.opened())
    this.osd.addHandler("tile-loaded", () => {
      this.loaded = true
      this.part(".problem").hidden = true
    })
    this.osd.addHandler("tile-load-failed", () => {
      if (!this.loaded) this.part(".problem").hidden = false
    })
    this.osd.addHandler("canvas-click", (event) => event.quick && this.clicked(event.position))
    this.osd.addHandler("canvas-key", (event) => (event.preventDefaultAction = true))
    this.prepareDrawing()
    this.open()
  }

  open() {
    this.ready = this.loaded = false
    this.part(".problem").hidden = true
    const { width, height, image } = this.data
    const factors = []
    for (let factor = 1; factor === 1 || factor / 2 < Math.max(width, height) / TILE; factor *= 2) factors.push(factor)
    this.osd.open({
      "@context": "http://iiif.io/api/image/3/context.json",
      id: here(image),
      type: "ImageService3",
      protocol: "http://iiif.io/api/image",
      profile: "level1",
      width,
      height,
      tiles: [{ width: TILE, height: TILE, scaleFactors: factors }],
    })
  }

  opened() {
    this.ready = true
    this.drawn = this.data.drawing?.start ?? null
    this.draw()
    if (this.data.fit) this.arrive(true)
    this.frame.dataset.page = String(this.data.page)
  }

  // Regions count in pixels of the page; the image that is zoomed into may have more of them.
  rectangle({ x, y, w, h }) {
    const scale = this.data.width / this.data.pageWidth
    return this.osd.viewport.imageToViewportRectangle(new this.lib.Rect(x * scale, y * scale, w * scale, h * scale))
  }

  onPage(pixel) {
    const point = this.osd.viewport.viewportToImageCoordinates(this.osd.viewport.pointFromPixel(pixel))
    const scale = this.data.pageWidth / this.data.width
    return { x: point.x * scale, y: point.y * scale }
  }

  draw() {
    this.osd.clearOverlays()
    this.regions.clear()
    const known = new Set()
    for (const region of this.data.regions) {
      const first = !known.has(region.id)
      known.add(region.id)
      const element = document.createElement(first ? "button" : "div")
      element.className = `region ${region.kind}`
      element.dataset.id = region.id
      if (first) {
        element.type = "button"
        element.setAttribute("aria-label", region.label)
        // A mouse arrives at the canvas, which knows what was clicked; this is for keys and screen readers.
        element.onclick = (event) => event.detail === 0 && this.choose(region)
        element.onfocus = () => this.tell(region.label)
      } else element.setAttribute("aria-hidden", "true")
      element.onpointerenter = () => this.hot(region, true)
      element.onpointerleave = () => this.hot(region, false)
      this.regions.set(element, region)
      this.osd.addOverlay({ element, location: this.rectangle(region) })
    }
    this.tell("")
    this.outline()
  }

  hot(region, on) {
    for (const [element, each] of this.regions) if (each.id === region.id) element.classList.toggle("hot", on)
    this.tell(on ? region.label : "")
  }

  tell(words) {
    const { chosen, drawing, labels } = this.data
    this.part(".note").textContent = words || chosen || (drawing ? labels[this.drawn ? "taken" : "draw"] : "")
  }

  clicked(pixel) {
    if (!this.ready) return
    const { x, y } = this.onPage(pixel)
    const under = this.data.regions.filter((r) => x >= r.x && x <= r.x + r.w && y >= r.y && y <= r.y + r.h)
    under.sort((a, b) => a.w * a.h - b.w * b.h)
    const found = under.find((r) => r.kind === "claim") ?? under.find((r) => r.kind === "part")
    if (found) this.choose(found)
  }

  choose(region) {
    if (region.kind === "claim" || region.kind === "part") this.component.setTriggerValue("chosen", region.id)
    else this.goTo(region)
  }

  // On a telephone the page begins below the fold: what somebody came to see must not lie there.
  arrive(at_once = false) {
    this.goTo(this.data.fit, at_once)
    const middle = this.osd.viewport.pixelFromPoint(this.rectangle(this.data.fit).getCenter())
    const y = this.stage.getBoundingClientRect().top + middle.y
    if (y < 0 || y > window.innerHeight) this.stage.scrollIntoView({ block: "nearest" })
  }

  // With air around it, so that what it stands in can be read too, in the shape of the stage and inside of the page.
  goTo({ x, y, w, h }, at_once = false) {
    const { pageWidth, pageHeight } = this.data
    const shape = this.stage.clientWidth / this.stage.clientHeight
    const least = Math.max(h * 1.35, pageHeight * 0.22)
    const width = Math.max(w * 1.35, pageWidth * 0.5, least * shape)
    const height = Math.max(least, width / shape)
    const along = (middle, length, whole) => (length < whole ? clamp(middle - length / 2, 0, whole - length) : (whole - length) / 2)
    const bounds = { x: along(x + w / 2, width, pageWidth), y: along(y + h / 2, height, pageHeight), w: width, h: height }
    this.osd.viewport.fitBounds(this.rectangle(bounds), at_once)
  }

  zoom(by) {
    if (!this.ready) return
    this.osd.viewport.zoomBy(by).applyConstraints()
  }

  pan(across, down) {
    const by = new this.lib.Point(across, down).divide(this.osd.viewport.getZoom() * 6)
    this.osd.viewport.panBy(by).applyConstraints()
  }

  larger() { this.zoom(1.5) }
  smaller() { this.zoom(1 / 1.5) }
  whole() { if (this.ready) this.osd.viewport.goHome() }
  rotate() { if (this.ready) this.osd.viewport.setRotation((this.osd.viewport.getRotation() + 90) % 360) }
  previous() { this.turn(this.page - 1) }
  next() { this.turn(this.page + 1) }
  again() { if (this.osd) this.open(); else this.show(this.component) }

  full() {
    if (document.fullscreenElement) document.exitFullscreen()
    else this.frame.requestFullscreen?.()
  }

  turn(page) {
    const wanted = clamp(page, 1, this.data.pages)
    if (wanted === this.page || this.data.drawing) return
    this.page = wanted
    this.component.setTriggerValue("turned", wanted)
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return
    const pans = { ArrowUp: [0, -1], ArrowDown: [0, 1] }
    if (event.shiftKey || this.data.drawing) Object.assign(pans, { ArrowLeft: [-1, 0], ArrowRight: [1, 0] })
    if (pans[event.key] && this.ready) this.pan(...pans[event.key])
    else if (!this.turningKey(event) && !this.zoomingKey(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  turningKey({ key }) {
    if (key === "ArrowLeft" || key === "PageUp") this.previous()
    else if (key === "ArrowRight" || key === "PageDown") this.next()
    else if (key === "Home") this.turn(1)
    else if (key === "End") this.turn(this.data.pages)
    else return false
    return true
  }

  zoomingKey({ key }) {
    if (key === "+" || key === "=") this.larger()
    else if (key === "-") this.smaller()
    else if (key === "0") this.whole()
    else return false
    return true
  }

  keyElsewhere(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const typing = "input, textarea, select, [contenteditable], [role=radio], [role=slider], [role=combobox], [role=tab], iframe"
    const [inner] = event.composedPath()
    if (inner.closest?.(typing) || !this.frame.isConnected || document.querySelector("[role=dialog]")) return
    const keys = ["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]
    if (keys.includes(event.key) && this.turningKey(event)) event.preventDefault()
  }

  end() {
    document.removeEventListener("keydown", this.onDocumentKey)
    this.osd?.destroy()
  }
}

export default function (component) {
  const frame = component.parentElement.querySelector(".viewer")
  if (!frame || !component.data) return
  if (!viewers.has(frame)) viewers.set(frame, new Reader(frame))
  viewers.get(frame).show(component)
  return () => {
    viewers.get(frame)?.end()
    viewers.delete(frame)
  }
}
