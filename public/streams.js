// One event stream for all frames of a page: over HTTP/1.1 a browser opens six connections to a host, and a stream
// holds one for as long as it lives. Frames of one origin see each other, whosesoever page is around them: the first
// that opens a stream keeps the connection for all, and when it goes, the others find another. A page that nobody sees
// holds none, so that many tabs may be open; seen again, it goes on after the last event that it has.
// Each stream says how wide its page is, in few classes: the server gives a wall more points than a phone.
// Why a script: one bundle's memory is not seen by the others whose connection it is.

/** So that frames which come together cost one connection, and not each a new one. */
const GATHER_MS = 50;
/** As many views as the server takes on one connection. */
const VIEWS = 32;
/** Who looks at another tab for a moment loses nothing. */
const UNSEEN_MS = 30_000;
const EVENTS = ["snapshot", "append", "reload", "heartbeat", "refused"];

/** What `new EventSource(url)` is, as far as `addEventListener`, `onerror`, `readyState` and `close` go. */
export function openStream(url) {
  return new Stream(url);
}

/** The pixels that the page has across, in the server's words; denser ones than two a CSS pixel show no more. */
function widthClass() {
  const pixels = innerWidth * Math.min(devicePixelRatio, 2);
  return pixels < 1000 ? "narrow" : pixels < 3000 ? "usual" : "wide";
}

let width;
function measure() {
  const before = width;
  width = widthClass();
  // For the next page's first points; frames have widths of their own.
  if (top === self) document.cookie = `andon-width=${width};path=/;max-age=31536000;samesite=lax`;
  return width !== before;
}
measure();

const own = new Set();
addEventListener("resize", () => {
  if (measure()) for (const { hub } of own) hub.changed();
});

addEventListener("pagehide", () => {
  // One that comes back from the browser's cache finds its stream lost, and opens another.
  for (const stream of [...own, ...(globalThis.andonHub?.streams ?? [])]) stream.end(0);
  delete globalThis.andonHub;
});

class Stream extends EventTarget {
  readyState = 0;
  onerror = null;

  constructor(url) {
    super();
    this.url = new URL(url, location);
    this.hub = hub();
    this.hub.streams.add(this);
    this.hub.changed();
    own.add(this);
  }

  get view() {
    this.url.searchParams.set("width", width);
    return this.url.searchParams;
  }

  close() {
    this.readyState = 2;
    own.delete(this);
    if (this.hub.streams.delete(this)) this.hub.changed();
  }

  hear(type, data, lastEventId) {
    if (type === "refused") return this.end(2);
    this.readyState = 1;
    // Where the next connection goes on. A heartbeat has no id, and shows that of the event before, whosesoever.
    if (type !== "heartbeat") this.url.searchParams.set("after", lastEventId);
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
  }

  end(readyState) {
    this.close();
    this.readyState = readyState;
    this.onerror?.(new Event("error"));
  }
}

/** The hub of any frame of the page that has one, or else a new one here. */
function hub() {
  for (const frame of frames(top)) {
    try {
      if (frame.andonHub) return frame.andonHub;
    } catch {
      // another origin's
    }
  }
  return (globalThis.andonHub = new Hub());
}

function* frames(outer) {
  yield outer;
  for (let index = 0; index < outer.length; index += 1) yield* frames(outer[index]);
}

class Hub {
  streams = new Set();
  #sources = [];
  #due;
  #unseen;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#unseen);
      if (!document.hidden) this.changed();
      else this.#unseen = setTimeout(() => this.#close(), UNSEEN_MS);
    });
  }

  /** Opens the connection anew, with the streams that there are now. */
  changed() {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#close();
      if (document.hidden) return;
      const all = [...this.streams];
      while (all.length) this.#sources.push(connect(all.splice(0, VIEWS)));
    }, GATHER_MS);
  }

  #close() {
    for (const source of this.#sources) source.close();
    this.#sources = [];
  }
}

function connect(streams) {
  const views = streams.map(({ view }) => `view=${encodeURIComponent(view)}`);
  const source = new EventSource(`${streams[0].url.pathname}?${views.join("&")}`);
  for (const type of EVENTS) {
    source.addEventListener(type, ({ data, lastEventId }) => {
      const end = data.indexOf("\n"); // the first line is the view's place in the address
      const stream = streams[data.slice(0, end)];
      if (stream.readyState !== 2) stream.hear(type, data.slice(end + 1), lastEventId);
    });
  }
  source.onerror = () => {
    const { readyState } = source;
    source.close();
    for (const stream of streams) if (stream.readyState !== 2) stream.end(readyState);
  };
  return source;
}
