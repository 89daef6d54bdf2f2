// The measuring page: the same numbers, size and line width for Andon's chart
// and for uPlot, both with axes and labels. `window.bench` is what bench/browser/chart.mjs calls.

const LINE_PX = 1.5;
const COLORS = ["#1668c9", "#c2570c", "#0b7f72", "#8a3fc7", "#8f6a00", "#c0307a", "#46618c", "#4d7c0f"];
const START_S = 1_795_176_000;

/** Columns of a repeatable random walk: [times in s, series, series, …]. */
function columns(count, series, step_s) {
  let seed = 42;
  const random = () => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32);
  const data = [Float64Array.from({ length: count }, (_, i) => START_S + i * step_s)];
  for (let s = 0; s < series; s++) {
    let level = 100 * (s + 1);
    data.push(Float64Array.from({ length: count }, () => (level += random() - 0.5) + 10 * random()));
  }
  return data;
}

/** Andon's chart: canvas, and the labels around it as elements. */
class Andon {
  constructor(host, size, data, step_s) {
    this.box = document.createElement("div");
    this.box.className = "chart";
    this.box.style.cssText = `width:${size.width}px;height:${size.height}px`;
    this.canvas = document.createElement("canvas");
    this.labels = document.createElement("div");
    this.box.append(this.canvas, this.labels);
    host.append(this.box);
    this.chart = window.wasmBindings.Chart.create(this.canvas, size.width, size.height, devicePixelRatio, step_s * 1000);
    data.slice(1).forEach((values, s) => this.chart.add(`series ${s}`, data[0][0] * 1000, values));
    this.draw();
  }
  draw() {
    this.chart.draw();
    const html = this.chart.labels();
    if (html !== this.html) this.labels.innerHTML = this.html = html;
  }
  slide(_time, values) {
    this.chart.slide(values);
    this.draw();
  }
  destroy() {
    this.chart.free();
    this.box.remove();
  }
}

/** uPlot, drawn by the time its constructor's microtask has run. */
class Peer {
  constructor(host, size, data, _step_s) {
    this.data = data.map((column) => Array.from(column));
    const series = data.slice(1).map((_, s) => ({
      label: `series ${s}`, stroke: COLORS[s % 8], width: LINE_PX, points: { show: false },
    }));
    // Its size is that of the plot with axes: 50 px left, 30 px below, as much as ours have beside the plot.
    const options = {
      width: size.width + 50, height: size.height + 30, legend: { show: false }, cursor: { show: false },
      padding: [0, 0, 0, 0], series: [{}, ...series], axes: [{ size: 30 }, { size: 50 }],
    };
    this.plot = new uPlot(options, this.data, host);
    this.canvas = this.plot.ctx.canvas;
  }
  slide(time, values) {
    this.data[0].shift();
    this.data[0].push(time);
    values.forEach((value, s) => { this.data[s + 1].shift(); this.data[s + 1].push(value); });
    this.plot.setData(this.data);
  }
  destroy() {
    this.plot.destroy();
  }
}

const KINDS = { andon: Andon, uplot: Peer };
const frame = () => new Promise(requestAnimationFrame);
const settled = async () => { await frame(); await new Promise((done) => setTimeout(done, 30)); };
/** Makes the browser finish what it has recorded for a canvas. */
const rasterised = (canvas) => canvas.getContext("2d").getImageData(0, 0, 1, 1);

window.bench = {
  /** Milliseconds from numbers in memory to finished pixels, for each round. */
  async first_draw(kind, count, series, size, rounds) {
    const data = columns(count, series, 1);
    const times = [];
    for (let round = 0; round < rounds; round++) {
      await settled();
      const start = performance.now();
      const chart = new KINDS[kind](document.body, size, data, 1);
      await Promise.resolve();
      const drawn = performance.now();
      rasterised(chart.canvas);
      times.push([performance.now() - start, drawn - start]);
      chart.destroy();
    }
    return times;
  },
  /** Draws one more point in every frame for a time; the frames drawn. */
  async stream(kind, count, series, size, ms) {
    const data = columns(count, series, 1);
    const chart = new KINDS[kind](document.body, size, data, 1);
    await settled();
    let [frames, end] = [0, performance.now() + ms];
    while (performance.now() < end) {
      await frame();
      const values = Float64Array.from({ length: series }, (_, s) => 100 * (s + 1) + 30 * Math.sin(frames / 50));
      chart.slide(START_S + count + frames++, values);
    }
    return frames;
  },
  /** Many charts, a new point a second in each; resolves when they stand. */
  async board(kind, charts, count, series, size) {
    const data = columns(count, series, 1);
    const all = Array.from({ length: charts }, () => new KINDS[kind](document.body, size, data, 1));
    let second = 0;
    setInterval(() => requestAnimationFrame(() => {
      const values = Float64Array.from({ length: series }, (_, s) => 100 * (s + 1) + 20 * Math.sin(second / 9 + s));
      for (const chart of all) chart.slide(START_S + count + second, values);
      second++;
    }), 1000);
    await settled();
  },
};
addEventListener("TrunkApplicationStarted", () => { window.ready = true; });
