// Works out how well texts stand out, from a page's picture with them and one without. Runs in an
// empty page, by tests/browser/looks.py.
({
  async pixels(png) {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  },

  colour(name) {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.fillStyle = name;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  },

  // WCAG 2.2: relative luminance, contrast ratio.
  luminance([red, green, blue]) {
    const part = (value) => (value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  },

  ratio(one, other) {
    const [dark, light] = [this.luminance(one), this.luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  },

  *points(picture, box, step) {
    const right = Math.min(box.x + box.width, picture.width);
    const bottom = Math.min(box.y + box.height, picture.height);
    for (let y = Math.max(0, Math.ceil(box.y)); y < bottom; y += step)
      for (let x = Math.max(0, Math.ceil(box.x)); x < right; x += step) yield 4 * (y * picture.width + x);
  },

  // Of one colour: against each point behind it; the hundredth part that is worst may be a line's edge.
  plain({ colour, opacity, boxes }, behind) {
    const [red, green, blue, alpha] = this.colour(colour);
    const cover = (alpha / 255) * opacity;
    const ratios = [];
    for (const box of boxes) {
      for (const at of this.points(behind, box, 2)) {
        const ground = behind.data.subarray(at, at + 3);
        const mixed = [red, green, blue].map((value, i) => value * cover + ground[i] * (1 - cover));
        ratios.push(this.ratio(mixed, ground));
      }
    }
    return ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 100)] ?? 21;
  },

  // Of many colours: in each piece as wide as a letter, where the letter covers most.
  painted({ boxes, size }, shown, behind) {
    const worst = boxes.map((box) => {
      const pieces = Math.max(1, Math.floor(box.width / size));
      const width = box.width / pieces;
      const best = Array.from({ length: pieces }, (_, i) => {
        const ratios = [...this.points(shown, { ...box, x: box.x + i * width, width }, 1)].map((at) =>
          this.ratio(shown.data.subarray(at, at + 3), behind.data.subarray(at, at + 3)),
        );
        return Math.max(...ratios);
      });
      return Math.min(...best);
    });
    return Math.min(...worst);
  },

  // How many points stand out from what they were before, by so much.
  async changed([before, after, least]) {
    const [one, other] = [await this.pixels(before), await this.pixels(after)];
    let count = 0;
    for (let at = 0; at < one.data.length; at += 4) {
      const [was, is] = [one.data.subarray(at, at + 3), other.data.subarray(at, at + 3)];
      if (this.ratio(was, is) >= least) count++;
    }
    return count;
  },

  async faint([texts, withTexts, without, least]) {
    const shown = withTexts && (await this.pixels(withTexts));
    const behind = await this.pixels(without);
    return texts
      .map((text) => [text, text.painted ? this.painted(text, shown, behind) : this.plain(text, behind)])
      .filter(([, ratio]) => ratio < least)
      .map(([{ text }, ratio]) => `“${text}” has ${ratio.toFixed(2)}`);
  },
})
