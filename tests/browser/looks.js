// Measures what a page looks like: runs in the page itself, by tests/browser/looks.py.
({
  // The texts that can be seen, with their colour, and the boxes in which their lines stand.
  texts() {
    const seen = [];
    const note = (element, text, rects, style) => {
      const boxes = [...rects].filter(({ width, height }) => width > 2 && height > 2);
      if (!text.trim() || !boxes.length || !this.isShown(element)) return;
      seen.push({
        text: text.trim().slice(0, 60),
        colour: style.webkitTextFillColor,
        opacity: this.opacityOf(element),
        painted: getComputedStyle(element).backgroundClip === "text",
        size: parseFloat(style.fontSize),
        boxes: boxes.map(({ x, y, width, height }) => ({ x, y, width, height })),
      });
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const element = walker.currentNode.parentElement;
      if (element.matches("option, script")) continue;
      note(element, walker.currentNode.data, range.getClientRects(), getComputedStyle(element));
    }
    for (const field of document.querySelectorAll("input, select, textarea")) {
      if (["hidden", "checkbox", "color"].includes(field.type)) continue; // these show no text
      const text = field.selectedOptions?.[0]?.text ?? (field.value || field.placeholder);
      const style = getComputedStyle(field, field.value ? null : "::placeholder");
      note(field, text ?? "", [this.innerBox(field)], style);
    }
    return seen;
  },

  innerBox(field) {
    const box = field.getBoundingClientRect();
    const style = getComputedStyle(field);
    const [top, right, bottom, left] = ["Top", "Right", "Bottom", "Left"].map(
      (side) => parseFloat(style[`padding${side}`]) + parseFloat(style[`border${side}Width`]),
    );
    return new DOMRect(box.x + left, box.y + top, box.width - left - right, box.height - top - bottom);
  },

  isShown(element) {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath === "inset(50%)") return false;
      if (["auto", "scroll"].includes(style.overflowX) && this.isScrolledAway(box, at)) return false;
    }
    return box.right > 0 && box.bottom > 0;
  },

  isScrolledAway(box, strip) {
    const frame = strip.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1;
  },

  opacityOf(element) {
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= getComputedStyle(at).opacity;
    return opacity;
  },

  // What is behind the texts: the same page without them. Colours that borrow the text's stay.
  hideTexts() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      *, ::before, ::after, ::placeholder {
        -webkit-text-fill-color: transparent !important;
        text-decoration-color: transparent !important;
        caret-color: transparent !important;
        transition: none !important;
      }
      [data-painted-text] { background: none !important; }
      ::-webkit-calendar-picker-indicator { opacity: 0 !important; } /* beside a text, not behind it */
    `);
    for (const element of document.querySelectorAll("body *")) {
      if (getComputedStyle(element).backgroundClip === "text") element.dataset.paintedText = "";
    }
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  },

  showTexts() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
  },

  // What can be pressed, and is smaller than a finger: WCAG 2.5.5, with its exception for links
  // within a sentence. A point counts when pressing there presses the thing.
  smallTargets(touch) {
    const selector = "a[href], button:enabled, input:enabled, select, textarea, summary, [role=button]";
    if (matchMedia("print").matches) return [];
    const found = [];
    for (const element of document.querySelectorAll(selector)) {
      if (element.type === "hidden" || element.getAttribute("aria-hidden") === "true") continue;
      if (!this.isShown(element) || this.isInSentence(element)) continue;
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      if (box.width < 2 || box.bottom > innerHeight) continue; // what is below the picture can't be hit
      const reach = touch / 2 - 0.5;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const corners = [[-reach, 0], [reach, 0], [0, -reach], [0, reach]];
      if (corners.every(([dx, dy]) => this.isHit(element, x + dx, y + dy))) continue;
      const size = `${Math.round(box.width)} × ${Math.round(box.height)}`;
      found.push(`${element.outerHTML.slice(0, 90)} is ${size}`);
    }
    return found;
  },

  isHit(element, x, y) {
    const hit = document.elementFromPoint(x, y);
    const label = hit?.closest("label");
    return element.contains(hit) || (label && label.control === element);
  },

  isInSentence(element) {
    const display = getComputedStyle(element).display;
    const around = [...element.parentElement.childNodes].filter((node) => node.nodeType === 3);
    return display === "inline" && around.some((node) => node.data.trim().length > 2);
  },

  // Around what the focus shows, and how many points its mark has to have; a card shows it as a whole.
  focused() {
    const element = document.activeElement;
    const shown = element.closest(".card, .booking-row") ?? element;
    const { x, y, width, height } = shown.getBoundingClientRect();
    const [left, top] = [Math.max(0, x - 10), Math.max(0, y - 10)];
    const clip = {
      x: left,
      y: top,
      width: Math.min(innerWidth, x + width + 10) - left,
      height: Math.min(innerHeight, y + height + 10) - top,
    };
    return { clip, needed: Math.round(4 * (width + height)) };
  },

  // How far the page can be scrolled sideways, either way.
  scrolledSideways() {
    scrollTo(-1000, 0);
    const left = scrollX;
    scrollTo(1000, 0);
    const by = Math.abs(left) + Math.abs(scrollX);
    scrollTo(0, 0);
    return by ? [`scrolls sideways, by ${by}px`] : [];
  },

  // In each theme: how wide the line around what has the focus is, and how it stands out from its ground.
  focusMarks({ colour, luminance, ratio }) {
    const has = document.activeElement;
    const shown = has.closest(".card, .booking-row") ?? has;
    const root = document.documentElement;
    const before = root.dataset.theme;
    const marks = ["dark", "light"].map((theme) => {
      root.dataset.theme = theme;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(shown);
      const ground = this.groundOf(shown.parentElement, colour);
      const [red, green, blue, alpha] = colour(outlineColor);
      const line = [red, green, blue].map((part, n) => (part * alpha + ground[n] * (255 - alpha)) / 255);
      const stands = ratio.call({ luminance }, line, ground);
      return { theme, width: outlineStyle === "none" ? 0 : parseFloat(outlineWidth), stands };
    });
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    return marks;
  },

  // The colours of an element and of what is behind it, one laid over the other.
  groundOf(element, colour) {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      layers.unshift(layer);
      if (layer[3] === 255) break;
    }
    return layers.reduce(
      (under, [red, green, blue, alpha]) =>
        [red, green, blue].map((part, n) => (part * alpha + under[n] * (255 - alpha)) / 255),
      [255, 255, 255],
    );
  },

  // What stands past the window's edges.
  cutOff() {
    const width = document.documentElement.clientWidth;
    const found = this.texts().filter(({ boxes }) => boxes.some((box) => box.x < 0 || box.x + box.width > width + 1));
    const wide = document.documentElement.scrollWidth > width ? [`the page, by ${document.documentElement.scrollWidth - width}px`] : [];
    return [...wide, ...found.map(({ text }) => text)];
  },
})
