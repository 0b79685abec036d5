/**
 * The live map of simulations: resources are put down, dragged and taken away, the forms and links of the page change the
 * scenario without a reload, and the map recolours what changes and nothing else.
 *
 * The server answers every change with the classes of the places that change and the parts of the page to renew; this
 * module gives them to the map as feature states. The address follows, so that it can be shared at any time.
 * `data-map-state` on the container goes `loading` → `idle`, or `unavailable` without WebGL (the drawing stays).
 */
import { Marker, Popup, type ExpressionSpecification, type LayerSpecification, type Map as MapLibre } from "maplibre-gl";
import { createMap, linesOf, open, placesOf, reliefOf, SOURCE, stageIn, token } from "./base_map";
import { readConfig, type BaseConfig, type Bounds } from "./config";

/** Places that change: steps between feature ids, one digit of class a place, the value after in hundredths. */
interface Places {
  ids: number[];
  after: string;
  change: string;
  to: number[];
}

interface Zones {
  ids: number[];
  before: string;
  after: string;
}

interface Put {
  change: number;
  kind: string;
  count: number;
  label: string;
  what: "open" | "close" | "move";
  lon: number;
  lat: number;
  moved: string;
}

/** `Answer` of `crates/portal/src/pages/decide/whatif/live.rs`. */
interface Answer {
  query: string;
  changes: string[];
  saved: [string, number] | null;
  title: string;
  summary: string;
  ms: number;
  bounds: Bounds | null;
  /** Whether the colours are still to be asked for. */
  deferred: boolean;
  colours: { apl: Places; departements: Places; minutes: Places; zones: Zones };
  markers: Put[];
  parts: Record<string, string>;
}

interface Refusal {
  error?: { message?: string };
}

interface LiveMeasure {
  label: string;
  unit: string;
  property: string;
  breaks: number[];
  colors: string[];
  decimals: number;
}

/** `Config` of the same file. */
interface WhatIfConfig extends BaseConfig {
  communesFrom: number;
  tiles: string;
  answers: string;
  ground: string;
  shown: string;
  measures: Record<string, LiveMeasure>;
  first: Answer;
  lang: string;
}

/** States of a feature, by measure: class after (`a`), class of the difference (`d`), minutes (`m`), zone (`z`). */
type State = Record<string, number | null>;

const LAYERS = ["communes", "departements"] as const;
const SYMBOLS: Record<string, string> = { gp: "MG", msp: "MSP", centre: "CS", su: "SU", smur: "SMUR", mcs: "MCS" };

/** Turns `container` into the live map of simulations. Leaves it as it is when the page carries no configuration. */
export function enhanceWhatIf(container: HTMLElement): void {
  const found = readConfig<WhatIfConfig>(container.dataset["config"] ?? "simuler-donnees");
  if (found) new LiveWhatIf(container, found);
}

class LiveWhatIf {
  readonly #container: HTMLElement;
  readonly #config: WhatIfConfig;
  readonly #status: HTMLElement;
  readonly #popup = new Popup({ closeButton: true, closeOnClick: false, maxWidth: "18rem", focusAfterOpen: true });
  #map!: MapLibre;
  #answer: Answer;
  #measure: string;
  #armed: string | undefined;
  #pending: AbortController | undefined;
  #loaded = false;
  #markers: Marker[] = [];
  /** States set, by layer and feature: what the next answer does not name is taken back. */
  readonly #set = new Map<string, Map<number, State>>();
  /** Measures whose classes of today were fetched, with the query they hold for. */
  readonly #grounds = new Map<string, string>();
  #started = 0;
  #coloured = false;

  constructor(container: HTMLElement, config: WhatIfConfig) {
    this.#container = container;
    this.#config = config;
    this.#answer = config.first;
    this.#measure = config.shown;
    for (const layer of LAYERS) this.#set.set(layer, new Map());
    const { canvas, status, abandon } = stageIn(container);
    this.#status = status;
    try {
      this.#map = createMap(canvas, config, location.origin + config.tiles, this.#layers());
    } catch (error) {
      abandon(error);
      this.#listenPage();
      return;
    }
    this.#listenMap();
    this.#listenPage();
    this.#palette(canvas);
  }

  // --- The map -----------------------------------------------------------------------------------------------------

  /** Colour by class: the state of a place when the scenario changes it, else its value of today. */
  #fill(layer: (typeof LAYERS)[number]): ExpressionSpecification | string {
    const measure = this.#config.measures[this.#measure];
    const missing = token(this.#container, "--map-missing", "#e4e6e4");
    const land = token(this.#container, "--map-land", "#f7f7f3");
    if (!measure) return land;
    const classes = (state: string, otherwise: ExpressionSpecification | string): ExpressionSpecification => {
      const arms = measure.colors.flatMap((color, i) => [i, color]);
      const known = ["coalesce", ["feature-state", state], -1];
      return ["match", known, ...arms, otherwise] as unknown as ExpressionSpecification;
    };
    if (this.#measure === "difference") return classes("d", measure.colors[(measure.colors.length - 1) / 2] ?? land);
    if (measure.property) {
      const steps: (string | number)[] = [];
      measure.breaks.forEach((bound, i) => steps.push(bound, measure.colors[i + 1] ?? missing));
      const value = ["to-number", ["get", measure.property]];
      const today = ["case", ["has", measure.property], ["step", value, measure.colors[0], ...steps], missing];
      return classes("a", today as unknown as ExpressionSpecification);
    }
    if (layer === "departements") return land;
    return classes(this.#measure === "zones" ? "z" : "m", missing);
  }

  #layers(): LayerSpecification[] {
    const at = (name: string, fallback: string): string => token(this.#container, name, fallback);
    const strong = at("--map-border-strong", "#3c4a47");
    const z = this.#config.communesFrom;
    const within = { source: SOURCE } as const;
    const fill = (layer: (typeof LAYERS)[number], range: { minzoom?: number; maxzoom?: number }): LayerSpecification => ({
      id: layer, type: "fill", ...within, "source-layer": layer, ...range,
      paint: { "fill-color": this.#fill(layer), "fill-color-transition": { duration: 0 } },
    });
    return [
      { id: "fond", type: "background", paint: { "background-color": at("--map-sea", "#edf2f3") } },
      fill("departements", z > 0 ? { maxzoom: z } : { maxzoom: 0.01 }),
      fill("communes", { minzoom: z }),
      ...reliefOf(this.#container, this.#config.extras),
      {
        id: "communes-contour", type: "line", ...within, "source-layer": "communes", minzoom: z,
        paint: { "line-color": strong, "line-opacity": 0.28, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.2, 12, 1] },
      },
      ...linesOf(this.#container, this.#config.extras),
      {
        id: "departements-contour", type: "line", ...within, "source-layer": "departements",
        paint: { "line-color": strong, "line-opacity": 0.7, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.6, 8, 1.2, 12, 2] },
      },
      ...placesOf(this.#container, this.#config.extras),
    ];
  }

  #listenMap(): void {
    const map = this.#map;
    const container = this.#container;
    const loaded = () => { this.#loaded = true; };
    open(map, container, this.#config.bounds, loaded, () => {
      this.#colour();
      this.#place();
      if (this.#answer.deferred) void this.#ask(new URLSearchParams(this.#answer.query));
      else void this.#ground();
    });
    map.on("movestart", () => this.#state("moving"));
    map.on("dataloading", () => this.#state("moving"));
    // The first frame drawn with the new colours is when the eye sees them; the map may go on fading names for a while.
    map.on("render", () => {
      if (!this.#coloured) return;
      this.#coloured = false;
      container.dataset["drawnMs"] = (performance.now() - this.#started).toFixed(1);
    });
    map.on("idle", () => {
      this.#state(this.#pending ? "moving" : "idle");
      if (this.#started && !this.#pending) {
        // How long the last change took, from the gesture to the map at rest.
        container.dataset["changeMs"] = (performance.now() - this.#started).toFixed(1);
        this.#started = 0;
      }
    });
    map.on("error", ({ error }) => console.warn("carte", error));
    map.on("click", (event) => this.#at(event.lngLat.lat, event.lngLat.lng));
    const canvas = map.getCanvas();
    canvas.addEventListener("focus", () => (container.dataset["keyboard"] = String(canvas.matches(":focus-visible"))));
    canvas.addEventListener("blur", () => delete container.dataset["keyboard"]);
    canvas.addEventListener("keydown", (event) => {
      container.dataset["keyboard"] = "true";
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        const { lat, lng } = map.getCenter();
        this.#at(lat, lng);
      } else if (event.key === "Escape") {
        this.#arm(undefined);
      }
    });
  }

  #state(state: string): void {
    if (this.#container.dataset["mapState"] !== "loading" || (state === "idle" && this.#loaded)) {
      this.#container.dataset["mapState"] = state;
    }
  }

  /** Gives the map the states of the last answer; places that only the one before named get back those of today. */
  #colour(): void {
    if (!this.#loaded) return;
    const next = new Map<string, Map<number, State>>();
    for (const layer of LAYERS) next.set(layer, new Map());
    const add = (layer: string, id: number, name: string, digit: string | undefined): void => {
      const states = next.get(layer);
      if (!states || digit === undefined || digit === "x") return;
      const state = states.get(id) ?? {};
      state[name] = Number(digit);
      states.set(id, state);
    };
    const { apl, departements, minutes, zones } = this.#answer.colours;
    const each = (ids: number[], visit: (id: number, i: number) => void): void => {
      let id = 0;
      ids.forEach((step, i) => visit((id += step), i));
    };
    for (const [layer, places] of [["communes", apl], ["departements", departements]] as const) {
      each(places.ids, (id, i) => {
        add(layer, id, "a", places.after[i]);
        add(layer, id, "d", places.change[i]);
      });
    }
    each(minutes.ids, (id, i) => add("communes", id, "m", minutes.after[i]));
    each(zones.ids, (id, i) => add("communes", id, "z", zones.after[i]));
    for (const layer of LAYERS) {
      const before = this.#set.get(layer) ?? new Map<number, State>();
      const now = next.get(layer) ?? new Map<number, State>();
      for (const id of before.keys()) {
        if (!now.has(id)) this.#back(layer, id, before.get(id) ?? {}, {});
      }
      for (const [id, state] of now) this.#back(layer, id, before.get(id) ?? {}, state);
      this.#set.set(layer, now);
    }
    this.#map.triggerRepaint();
  }

  /** Changes the states of a place: those that are gone take the class of today, or none. */
  #back(layer: string, id: number, before: State, now: State): void {
    const state: State = {};
    let changed = false;
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const value = now[name] ?? this.#today(name, id);
      if (value !== before[name]) {
        state[name] = value;
        changed = true;
      }
    }
    if (changed) this.#map.setFeatureState({ source: SOURCE, sourceLayer: layer, id }, state);
  }

  /** Class of today of a commune for a measure that tiles do not carry. */
  #today(name: string, id: number): number | null {
    const measure = name === "z" ? "zones" : name === "m" ? "minutes" : "";
    const digit = this.#grounds.get(measure)?.[id - 1];
    return digit === undefined || digit === "x" ? null : Number(digit);
  }

  /** Fetches the classes of today of a measure that tiles do not carry, once. */
  async #ground(): Promise<void> {
    const measure = this.#measure;
    const known = this.#config.measures[measure];
    if (!known || known.property || measure === "difference" || this.#grounds.has(measure)) return;
    this.#state("moving");
    const query = new URLSearchParams(this.#answer.query);
    query.set("mesure", measure);
    try {
      const response = await fetch(`${this.#config.ground}?${query.toString()}`);
      const { classes } = (await response.json()) as { classes: string };
      this.#grounds.set(measure, classes);
      const name = measure === "zones" ? "z" : "m";
      const changed = this.#set.get("communes");
      for (let i = 0; i < classes.length; i++) {
        const digit = classes[i];
        if (digit === "x" || changed?.get(i + 1)?.[name] !== undefined) continue;
        this.#map.setFeatureState({ source: SOURCE, sourceLayer: "communes", id: i + 1 }, { [name]: Number(digit) });
      }
    } catch {
      this.#complain(this.#config.texts["failed"] ?? "");
    }
  }

  /** Puts the resources of the scenario on the map. */
  #place(): void {
    if (!this.#loaded) return;
    for (const marker of this.#markers) marker.remove();
    const here = new Map<string, number>();
    this.#markers = this.#answer.markers.map((put) => {
      // Resources of one commune stand one above the other.
      const key = `${put.lon},${put.lat}`;
      const below = here.get(key) ?? 0;
      here.set(key, below + 1);
      const element = document.createElement("button");
      element.type = "button";
      element.className = `put put-${put.what}`;
      const sign = put.what === "close" ? "−" : put.what === "open" ? "+" : "→";
      element.textContent = `${sign}${put.count > 1 ? put.count : ""} ${SYMBOLS[put.kind] ?? put.kind}`;
      element.title = `${put.label}. ${this.#config.texts["drag"] ?? ""}`;
      // The name begins with what is seen: people who speak to their browser say that.
      element.setAttribute("aria-label", `${element.textContent} – ${put.label}`);
      const marker = new Marker({ element, draggable: true, anchor: "bottom", offset: [0, -30 * below] }).setLngLat([put.lon, put.lat]).addTo(this.#map);
      let dragged = false;
      marker.on("dragstart", () => (dragged = true));
      marker.on("dragend", () => {
        const { lat, lng } = marker.getLngLat();
        const moved = put.moved.replace("{place}", `${lat.toFixed(5)},${lng.toFixed(5)}`);
        void this.#change(this.#answer.changes.map((change, i) => (i === put.change ? moved : change)), () => marker.setLngLat([put.lon, put.lat]));
        setTimeout(() => (dragged = false));
      });
      element.addEventListener("click", (event) => {
        event.stopPropagation();
        if (!dragged) this.#describe(put, marker);
      });
      return marker;
    });
  }

  #describe(put: Put, marker: Marker): void {
    const box = document.createElement("div");
    const name = document.createElement("span");
    name.className = "popup-name";
    name.textContent = put.label;
    const away = document.createElement("button");
    away.type = "button";
    away.className = "quiet";
    away.textContent = this.#config.texts["takeAway"] ?? "";
    away.addEventListener("click", () => {
      this.#popup.remove();
      void this.#change(this.#answer.changes.filter((_, i) => i !== put.change));
    });
    box.append(name, away);
    this.#popup.setLngLat(marker.getLngLat()).setDOMContent(box).addTo(this.#map);
  }

  /** A click on the map, or Enter at its centre: opens what is armed, else tells the commune. */
  #at(lat: number, lon: number): void {
    if (this.#armed) {
      this.#open(this.#armed, lat, lon);
      return;
    }
    const map = this.#map;
    const [feature] = map.queryRenderedFeatures(map.project([lon, lat]), { layers: ["communes"] });
    if (!feature) {
      this.#popup.remove();
      return;
    }
    const { texts } = this.#config;
    const box = document.createElement("div");
    const line = (className: string, text: string): void => {
      const element = document.createElement("span");
      element.className = className;
      element.textContent = text;
      box.append(element);
    };
    const code = String(feature.properties["code"] ?? "");
    line("popup-name", `${String(feature.properties["name"] ?? "")} (${code})`);
    const property = this.#config.measures["apl"]?.property ?? "";
    const format = (value: number): string => value.toLocaleString(this.#config.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const today = Number(feature.properties[property]);
    const { ids, to } = this.#answer.colours.apl;
    let after = Number.isFinite(today) ? today : undefined;
    for (let i = 0, id = 0; i < ids.length; i++) {
      id += ids[i] ?? 0;
      if (id === feature.id) after = (to[i] ?? 0) / 100;
      if (id >= Number(feature.id)) break;
    }
    line("popup-context", `${this.#config.measures["apl"]?.unit ?? ""}`);
    line("popup-value", `${Number.isFinite(today) ? format(today) : (texts["missing"] ?? "")} → ${after === undefined ? (texts["missing"] ?? "") : format(after)}`);
    const button = (text: string, change: string): void => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = "quiet";
      element.textContent = text;
      element.addEventListener("click", () => {
        this.#popup.remove();
        void this.#change([...this.#answer.changes, change]);
      });
      box.append(element);
    };
    const { kind, count } = this.#chosen();
    button(`${texts["addHere"] ?? ""} : ${texts[kind] ?? kind} × ${count}`, `${kind}:${count}@${code}`);
    button(texts["closeHere"] ?? "", `-gp:1@${code}`);
    this.#popup.setLngLat([lon, lat]).setDOMContent(box).addTo(map);
    this.#status.textContent = [...box.querySelectorAll("span")].map((element) => element.textContent).join(", ");
  }

  // --- The palette -------------------------------------------------------------------------------------------------

  /** What the form would open. */
  #chosen(): { kind: string; count: number } {
    const kind = document.querySelector<HTMLSelectElement>("#simuler-quoi")?.value ?? "gp";
    const count = Number(document.querySelector<HTMLInputElement>("#simuler-nombre")?.value ?? "1");
    return { kind, count: Number.isInteger(count) && count > 0 ? count : 1 };
  }

  #palette(canvas: HTMLElement): void {
    const palette = document.querySelector<HTMLElement>("[data-whatif-palette]");
    if (!palette) return;
    palette.hidden = false;
    for (const item of palette.querySelectorAll<HTMLButtonElement>("[data-kind]")) {
      const kind = item.dataset["kind"] ?? "gp";
      item.addEventListener("click", () => this.#arm(this.#armed === kind ? undefined : kind));
      item.addEventListener("dragstart", (event) => {
        event.dataTransfer?.setData("text/plain", kind);
        if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
      });
    }
    canvas.addEventListener("dragover", (event) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    });
    canvas.addEventListener("drop", (event) => {
      event.preventDefault();
      const kind = event.dataTransfer?.getData("text/plain") ?? "";
      if (!(kind in SYMBOLS)) return;
      const frame = canvas.getBoundingClientRect();
      const { lat, lng } = this.#map.unproject([event.clientX - frame.left, event.clientY - frame.top]);
      this.#open(kind, lat, lng);
    });
  }

  #arm(kind: string | undefined): void {
    this.#armed = kind;
    for (const item of document.querySelectorAll<HTMLButtonElement>("[data-whatif-palette] [data-kind]")) {
      item.setAttribute("aria-pressed", String(item.dataset["kind"] === kind));
    }
    this.#map.getCanvas().style.cursor = kind ? "crosshair" : "";
    this.#status.textContent = kind ? `${this.#config.texts["armed"] ?? ""} ${this.#config.texts[kind] ?? kind}` : "";
  }

  #open(kind: string, lat: number, lon: number): void {
    const { count } = this.#chosen();
    const number = ["gp", "msp", "centre"].includes(kind) ? `:${count}` : "";
    void this.#change([...this.#answer.changes, `${kind}${number}@${lat.toFixed(5)},${lon.toFixed(5)}`]);
  }

  // --- The page ----------------------------------------------------------------------------------------------------

  /** Forms and links of the page act on the map instead of loading a page. */
  #listenPage(): void {
    if (this.#container.dataset["mapState"] === "unavailable") return;
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-whatif-link]");
      if (!link) return;
      event.preventDefault();
      void this.#ask(new URL(link.href).searchParams);
    });
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-whatif-form]")) {
      const send = (): void => {
        const query = new URLSearchParams();
        for (const [name, value] of new FormData(form).entries()) query.append(name, String(value));
        void this.#ask(query);
      };
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        send();
      });
      if (form.dataset["whatifLive"] !== undefined) form.addEventListener("change", send);
      for (const range of form.querySelectorAll<HTMLInputElement>("input[type=range]")) {
        const output = form.querySelector<HTMLOutputElement>(`output[for="${range.id}"]`);
        const show = (): void => {
          if (output) output.value = Number(range.value).toLocaleString(this.#config.lang);
        };
        show();
        range.addEventListener("input", show);
      }
    }
    const action = document.querySelector<HTMLSelectElement>("#simuler-action");
    const to = document.querySelector<HTMLElement>("[data-whatif-to]");
    const follow = (): void => {
      if (to && action) to.hidden = action.value !== "deplacer";
    };
    action?.addEventListener("change", follow);
    follow();
    const measure = document.querySelector<HTMLFormElement>("form[data-whatif-measure]");
    measure?.addEventListener("submit", (event) => event.preventDefault());
    measure?.querySelector("button")?.setAttribute("hidden", "");
    measure?.addEventListener("change", () => this.#show(String(new FormData(measure).get("mesure") ?? this.#measure)));
  }

  /** Recolours for another measure. */
  #show(measure: string): void {
    this.#measure = measure;
    this.#state("moving");
    for (const layer of LAYERS) this.#map.setPaintProperty(layer, "fill-color", this.#fill(layer));
    for (const legend of document.querySelectorAll<HTMLElement>("[data-legend]")) legend.hidden = legend.dataset["legend"] !== measure;
    const query = new URLSearchParams(this.#answer.query);
    if (measure === "difference") query.delete("mesure");
    else query.set("mesure", measure);
    this.#answer.query = query.toString();
    this.#address();
    this.#status.textContent = this.#config.measures[measure]?.label ?? "";
    void this.#ground();
  }

  #address(): void {
    const { query } = this.#answer;
    history.replaceState(history.state, "", query ? `${location.pathname}?${query}` : location.pathname);
    for (const holder of document.querySelectorAll<HTMLElement>("[data-whatif-hidden]")) {
      holder.replaceChildren();
      for (const [name, value] of new URLSearchParams(query)) {
        if (name === "mesure" && holder.dataset["withoutMeasure"] !== undefined) continue;
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        holder.append(field);
      }
    }
  }

  /** Asks for these changes; `otherwise` runs when they are refused. */
  #change(changes: string[], otherwise: () => void = () => undefined): Promise<void> {
    const query = new URLSearchParams();
    const saved = this.#answer.saved;
    let rest = changes;
    if (saved && this.#answer.changes.slice(0, saved[1]).every((change, i) => changes[i] === change)) {
      query.set("s", saved[0]);
      rest = changes.slice(saved[1]);
    }
    for (const change of rest) query.append("c", change);
    return this.#ask(query, otherwise);
  }

  async #ask(query: URLSearchParams, otherwise: () => void = () => undefined): Promise<void> {
    this.#pending?.abort();
    const request = (this.#pending = new AbortController());
    this.#started = performance.now();
    this.#state("moving");
    this.#container.setAttribute("aria-busy", "true");
    this.#status.textContent = this.#config.texts["working"] ?? "";
    if (this.#measure === "difference") query.delete("mesure");
    else query.set("mesure", this.#measure);
    query.set("lang", this.#config.lang);
    try {
      const response = await fetch(`${this.#config.answers}?${query.toString()}`, {
        signal: request.signal,
        headers: { Accept: "application/json" },
      });
      const answer = (await response.json()) as Answer & Refusal;
      if (request.signal.aborted) return;
      if (response.ok) this.#take(answer);
      else {
        otherwise();
        this.#complain(answer.error?.message ?? this.#config.texts["failed"] ?? "");
      }
    } catch {
      if (request.signal.aborted) return;
      otherwise();
      this.#complain(this.#config.texts["failed"] ?? "");
    } finally {
      if (this.#pending === request) {
        this.#pending = undefined;
        this.#container.removeAttribute("aria-busy");
        if (this.#loaded) this.#map.triggerRepaint();
      }
    }
  }

  #take(answer: Answer): void {
    const zoning = (changes: string[]): string => changes.filter((change) => change.startsWith("zonage:")).join();
    if (zoning(answer.changes) !== zoning(this.#answer.changes)) this.#grounds.delete("zones");
    this.#answer = answer;
    this.#colour();
    this.#coloured = this.#loaded;
    this.#container.dataset["colouredMs"] = (performance.now() - this.#started).toFixed(1);
    this.#container.dataset["serverMs"] = String(answer.ms);
    this.#place();
    this.#complain("");
    this.#status.textContent = answer.summary;
    document.title = answer.title;
    this.#address();
    void this.#ground();
    // What is read comes after what is seen.
    requestAnimationFrame(() => {
      for (const [name, html] of Object.entries(answer.parts)) {
        const part = document.querySelector<HTMLElement>(`[data-part="${name}"]`);
        if (part) part.innerHTML = html;
      }
    });
  }

  #complain(text: string): void {
    const alert = document.querySelector<HTMLElement>("[data-part=refusal]");
    if (!alert) return;
    alert.replaceChildren();
    if (!text) return;
    this.#status.textContent = "";
    const box = document.createElement("div");
    box.className = "alert alert-error";
    box.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    alert.append(box);
  }
}
