/**
 * The live map: replaces the server-drawn SVG inside `#carte` by MapLibre GL over our own vector tiles.
 *
 * Responsible for zooming from départements to communes, recolouring when the measure changes (the form it listens to
 * is a plain GET form), figures on hover, click and keyboard, and saying when it is done: `data-map-state` on the
 * container goes `loading` → `idle`, or `unavailable` when the browser has no WebGL (the SVG then stays).
 */
import {
  Popup,
  type ExpressionSpecification,
  type FilterSpecification,
  type LayerSpecification,
  type Map as MapLibre,
  type MapGeoJSONFeature,
  type PointLike,
} from "maplibre-gl";
import { createMap, linesOf, open, placesOf, reliefOf, SOURCE, stageIn, token } from "./base_map";
import { readConfig, type Bounds, type MapConfig, type Measure, type Scale } from "./config";

/** Layers that carry figures, finest first, with the level slug of their territory pages. */
const LEVELS = [
  { layer: "communes", level: "commune" },
  { layer: "departements", level: "departement" },
  { layer: "regions", level: "region" },
] as const;
const FADE = 0.35;
const MISSING = "absent";

/** Fill colour of a measure by class; features without the value get `missing`. */
function colorOf(slug: string, scale: Scale | undefined, missing: string): ExpressionSpecification | string {
  if (!scale || scale.colors.length === 0) return missing;
  const steps: (string | number)[] = [];
  scale.breaks.forEach((b, i) => steps.push(b, scale.colors[i + 1] ?? missing));
  const value: ExpressionSpecification = ["to-number", ["get", slug]];
  const stepped =
    steps.length === 0 ? scale.colors[0] : (["step", value, scale.colors[0], ...steps] as unknown as ExpressionSpecification);
  return ["case", ["has", slug], stepped, missing] as unknown as ExpressionSpecification;
}

/** Diagonal hatching for territories without the value, so that they are not mistaken for a class. */
function hatch(ground: string, stroke: string): ImageData | null {
  const size = 16;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = stroke;
  pen.lineWidth = 2;
  for (let offset = -size; offset <= size; offset += size / 2) {
    pen.beginPath();
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}

/** Turns `container` into a live map. Leaves it as it is when the page carries no configuration. */
export function enhanceMap(container: HTMLElement): void {
  const found = readConfig(container.dataset["config"] ?? "carte-donnees");
  if (!found) return;
  new LiveMap(container, found);
}

class LiveMap {
  readonly #container: HTMLElement;
  readonly #config: MapConfig;
  readonly #form: HTMLFormElement | null;
  readonly #status: HTMLElement;
  readonly #popup: Popup;
  readonly #hoverPopup: Popup;
  readonly #missing: string;
  #map!: MapLibre;
  #measure: string;
  #level: string;
  #hovered: { sourceLayer: string; id: string | number } | null = null;

  constructor(container: HTMLElement, config: MapConfig) {
    this.#container = container;
    this.#config = config;
    this.#measure = config.measure;
    this.#level = config.level;
    this.#form = document.querySelector<HTMLFormElement>("form[data-map-form]");
    this.#missing = token(container, "--map-missing", "#e4e6e4");

    const { canvas, status, abandon } = stageIn(container);
    this.#status = status;

    this.#popup = new Popup({ closeButton: true, closeOnClick: false, maxWidth: "20rem", focusAfterOpen: true });
    this.#hoverPopup = new Popup({ closeButton: false, closeOnClick: false, maxWidth: "20rem", focusAfterOpen: false });

    try {
      this.#map = this.#create(canvas);
    } catch (error) {
      abandon(error);
      return;
    }
    this.#listen(canvas);
  }

  /** Zoom at which communes replace départements. */
  get #switchZoom(): number {
    if (this.#level === "departement") return 24;
    return this.#config.communesFrom + (this.#level === "commune" || this.#config.communesFrom === 0 ? 0 : FADE);
  }

  #create(canvas: HTMLElement): MapLibre {
    return createMap(canvas, this.#config, this.#tiles(), this.#layers());
  }

  #tiles(): string {
    const address = this.#config.measures[this.#measure]?.tiles ?? "/tuiles/{z}/{x}/{y}.mvt";
    // `URL` would escape the braces of the template.
    return location.origin + address;
  }

  #fill(level: string): ExpressionSpecification | string {
    const measure = this.#config.measures[this.#measure];
    const scale = measure?.scales[level] ?? Object.values(measure?.scales ?? {})[0];
    return colorOf(this.#measure, scale, this.#missing);
  }

  #layers(): LayerSpecification[] {
    const at = (name: string, fallback: string): string => token(this.#container, name, fallback);
    const border = at("--map-border", "#ffffff");
    const strong = at("--map-border-strong", "#3c4a47");
    const highlight = at("--map-highlight", "#b6420c");
    const z = this.#switchZoom;
    const within = { source: SOURCE } as const;
    const hovered: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];
    const territory = (layer: "communes" | "departements", level: string): LayerSpecification[] => {
      const range = layer === "communes" ? { minzoom: z } : { maxzoom: z };
      return [
        { id: layer, type: "fill", ...within, "source-layer": layer, ...range, paint: { "fill-color": this.#fill(level), "fill-antialias": true } },
        { id: `${layer}-absent`, type: "fill", ...within, "source-layer": layer, ...range, filter: this.#absent(), paint: { "fill-pattern": MISSING } },
      ];
    };
    const layers: LayerSpecification[] = [
      { id: "fond", type: "background", paint: { "background-color": at("--map-sea", "#edf2f3") } },
      ...territory("departements", "departement"),
      ...territory("communes", "commune"),
    ];
    layers.push(...reliefOf(this.#container, this.#config.extras));
    layers.push({
      id: "communes-contour", type: "line", ...within, "source-layer": "communes", minzoom: z,
      paint: { "line-color": border, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.25, 9, 0.8, 12, 1.4], "line-opacity": 0.9 },
    });
    layers.push(...linesOf(this.#container, this.#config.extras));
    layers.push(
      {
        id: "departements-contour", type: "line", ...within, "source-layer": "departements",
        paint: { "line-color": ["step", ["zoom"], border, z, strong], "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.6, 8, 1.2, 12, 2] },
      },
      {
        id: "regions-contour", type: "line", ...within, "source-layer": "regions",
        paint: { "line-color": strong, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.7, 8, 1.6, 12, 2.6], "line-opacity": 0.85 },
      },
    );
    for (const [layer, range] of [["departements", { maxzoom: z }], ["communes", { minzoom: z }]] as const) {
      layers.push({
        id: `${layer}-survol`, type: "line", ...within, "source-layer": layer, ...range,
        paint: { "line-color": highlight, "line-width": ["case", hovered, 3, 0] },
      });
    }
    layers.push(...placesOf(this.#container, this.#config.extras));
    return layers;
  }

  #absent(): FilterSpecification {
    return ["!", ["has", this.#measure]];
  }

  #listen(canvas: HTMLElement): void {
    const map = this.#map;
    const container = this.#container;
    const absent = hatch(this.#missing, token(container, "--map-missing-hatch", "#9aa5a1"));
    // Before any tile asks for it.
    map.once("style.load", () => {
      if (absent && !map.hasImage(MISSING)) map.addImage(MISSING, absent, { pixelRatio: 2 });
    });
    open(map, container, this.#config.bounds, () => this.#legend(), () => {
      if (this.#level === "commune" && map.getZoom() < this.#switchZoom) map.setZoom(this.#switchZoom + 0.05);
    });
    map.on("zoomend", () => this.#legend());
    map.on("movestart", () => this.#state("moving"));
    map.on("dataloading", () => this.#state("moving"));
    map.on("idle", () => {
      this.#state("idle");
      if (container.dataset["keyboard"] === "true") this.#announceCentre();
    });
    map.on("error", ({ error }) => console.warn("carte", error));

    map.on("mousemove", (event) => this.#hover(this.#at(event.point)?.feature ?? null, event.point));
    map.on("mouseout", () => this.#hover(null, null));
    map.on("click", (event) => this.#open(event.point));

    const glCanvas = map.getCanvas();
    glCanvas.addEventListener("focus", () => {
      container.dataset["keyboard"] = String(glCanvas.matches(":focus-visible"));
    });
    glCanvas.addEventListener("blur", () => delete container.dataset["keyboard"]);
    glCanvas.addEventListener("keydown", (event) => {
      container.dataset["keyboard"] = "true";
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.#open(this.#centre());
      }
    });
    container.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#popup.remove();
    });
    this.#popup.on("close", () => {
      // The popup took the focus with it.
      if (document.activeElement === document.body || canvas.contains(document.activeElement)) glCanvas.focus({ preventScroll: true });
    });

    this.#views();
    this.#listenForm();
  }

  #state(state: string): void {
    if (this.#container.dataset["mapState"] !== "loading" || state === "idle") this.#container.dataset["mapState"] = state;
  }

  #centre(): PointLike {
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    return [clientWidth / 2, clientHeight / 2];
  }

  /** The finest territory drawn at `point`. */
  #at(point: PointLike): { feature: MapGeoJSONFeature; level: string } | null {
    const map = this.#map;
    const layers = ["communes", "departements"].filter((id) => map.getLayer(id));
    if (!map.isStyleLoaded() && layers.length === 0) return null;
    const feature = map.queryRenderedFeatures(point, { layers })[0];
    if (!feature) return null;
    const level = LEVELS.find((l) => l.layer === feature.sourceLayer)?.level ?? "commune";
    return { feature, level };
  }

  #format(measure: Measure, value: unknown): string {
    if (typeof value !== "number" || !Number.isFinite(value)) return "";
    return new Intl.NumberFormat(this.#config.lang, {
      minimumFractionDigits: measure.decimals,
      maximumFractionDigits: measure.decimals,
      signDisplay: measure.signed ? "exceptZero" : "auto",
    })
      .format(value)
      .replace("-", "−");
  }

  #describe(feature: MapGeoJSONFeature, level: string, linked: boolean): HTMLElement {
    const { measures, texts } = this.#config;
    const measure = measures[this.#measure];
    const box = document.createElement("div");
    const line = (className: string, text: string, tag = "span"): HTMLElement => {
      const element = document.createElement(tag);
      element.className = className;
      element.textContent = text;
      box.append(element);
      return element;
    };
    const code = String(feature.properties["code"] ?? "");
    line("popup-name", String(feature.properties["name"] ?? code));
    line("popup-context", `${texts[level] ?? level} · ${code}`);
    const shown = measure ? this.#format(measure, feature.properties[this.#measure]) : "";
    const value = line("popup-value", shown || (texts["missing"] ?? "non disponible"));
    if (measure && shown) {
      const unit = document.createElement("small");
      unit.textContent = ` ${measure.unit}`;
      value.append(unit);
    }
    if (linked) {
      const link = line("popup-link", texts["open"] ?? "Voir le territoire", "a") as HTMLAnchorElement;
      link.href = `/territoires/${level}/${encodeURIComponent(code)}`;
    }
    return box;
  }

  #hover(feature: MapGeoJSONFeature | null, point: PointLike | null): void {
    const map = this.#map;
    const next = feature?.id !== undefined && feature.sourceLayer ? { sourceLayer: feature.sourceLayer, id: feature.id } : null;
    const same = next && this.#hovered && next.id === this.#hovered.id && next.sourceLayer === this.#hovered.sourceLayer;
    if (!same) {
      if (this.#hovered) map.setFeatureState({ source: SOURCE, ...this.#hovered }, { hover: false });
      if (next) map.setFeatureState({ source: SOURCE, ...next }, { hover: true });
      this.#hovered = next;
      map.getCanvas().style.cursor = next ? "pointer" : "";
    }
    if (!feature || !point || this.#popup.isOpen()) {
      this.#hoverPopup.remove();
      return;
    }
    const level = LEVELS.find((l) => l.layer === feature.sourceLayer)?.level ?? "commune";
    if (!same) this.#hoverPopup.setDOMContent(this.#describe(feature, level, false));
    this.#hoverPopup.setLngLat(map.unproject(point));
    if (!this.#hoverPopup.isOpen()) this.#hoverPopup.addTo(map);
  }

  #open(point: PointLike): void {
    this.#hoverPopup.remove();
    const hit = this.#at(point);
    if (!hit) {
      this.#popup.remove();
      return;
    }
    this.#popup.setLngLat(this.#map.unproject(point)).setDOMContent(this.#describe(hit.feature, hit.level, true)).addTo(this.#map);
  }

  #announceCentre(): void {
    const hit = this.#at(this.#centre());
    const lines = hit ? [...this.#describe(hit.feature, hit.level, false).children].map((line) => line.textContent) : [];
    this.#status.textContent = lines.join(", ");
  }

  /** Buttons that bring the métropole or an overseas département into view. */
  #views(): void {
    const { views, texts } = this.#config;
    if (views.length < 2) return;
    const list = document.createElement("ul");
    list.className = "map-views";
    list.setAttribute("aria-label", texts["views"] ?? "Aller à");
    // No flight: from Lille to La Réunion it would fetch half the world.
    const go = (bounds: Bounds): unknown => this.#map.fitBounds(bounds, { padding: 24, animate: false });
    for (const view of views) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = view.label;
      button.addEventListener("click", () => {
        for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
        go(view.bounds);
      });
      button.setAttribute("aria-pressed", String(view === views[0]));
      item.append(button);
      list.append(item);
    }
    this.#container.before(list);
  }

  #listenForm(): void {
    const form = this.#form;
    if (!form) return;
    const changeFields = form.querySelector<HTMLElement>("[data-change-fields]");
    const apply = (): void => {
      const data = new FormData(form);
      const measure = String(data.get("mesure") ?? this.#measure);
      const level = String(data.get("niveau") ?? this.#level);
      const known = this.#config.measures[measure];
      // What the tiles of this page do not carry (other vintages, another département, a level of its own) needs the server.
      const elsewhere = [...form.querySelectorAll("select")].some(
        (select) => !["mesure", "niveau"].includes(select.name) && !select.selectedOptions[0]?.defaultSelected && select.selectedIndex > 0,
      );
      const back = [...form.querySelectorAll("select")].some(
        (select) => select.name === "departement" && select.selectedIndex === 0 && select.querySelector("option[selected]"),
      );
      const unknownChange = known?.signed && !changeFields;
      if (!known || elsewhere || back || unknownChange || !["auto", "departement", "commune"].includes(level)) {
        form.requestSubmit();
        return;
      }
      if (changeFields) changeFields.hidden = !known.signed;
      this.#show(measure, level);
      const query = new URLSearchParams();
      for (const [name, value] of data.entries()) {
        const idle = String(value) === "" || (name === "niveau" && value === "auto") || (!known.signed && ["de_quoi", "de", "a"].includes(name));
        if (!idle) query.set(name, String(value));
      }
      history.replaceState(history.state, "", `${location.pathname}?${query.toString()}`);
    };
    form.addEventListener("change", apply);
  }

  /** Shows the legend of the measure, with the classes of the level on screen: some measures have other classes by level. */
  #legend(): void {
    const level = this.#map.getZoom() >= this.#switchZoom ? "commune" : "departement";
    const config = this.#config.measures[this.#measure];
    const scale = config?.scales[level];
    for (const legend of document.querySelectorAll<HTMLElement>("[data-legend]")) {
      legend.hidden = legend.dataset["legend"] !== this.#measure;
      if (legend.hidden || !config || !scale || legend.dataset["level"] === level) continue;
      legend.dataset["level"] = level;
      const { below, between, above } = this.#config.texts;
      const items = [...legend.querySelectorAll<HTMLElement>("li:not([data-missing])")];
      const model = items[0];
      if (!below || !between || !above || !model) continue;
      // As many decimals as the bound needs, as the server writes it: 2, then 2,5.
      const decimals = (b: number): number =>
        Number.isInteger(b) ? 0 : Math.abs(b * 10 - Math.round(b * 10)) < 1e-9 ? 1 : Math.max(1, config.decimals);
      const write = (i: number): string => {
        const bound = scale.breaks[i];
        return bound === undefined ? "" : this.#format({ ...config, decimals: decimals(bound) }, bound);
      };
      scale.colors.forEach((color, i) => {
        const item = items[i] ?? (model.cloneNode(true) as HTMLElement);
        const words = i === 0 ? below : i === scale.breaks.length ? above : between;
        item.querySelector("rect")?.setAttribute("fill", color);
        const label = item.querySelector("span");
        if (label) label.textContent = words.replace("{a}", write(i - 1)).replace("{b}", write(i));
        if (!items[i]) (legend.querySelector("[data-missing]") ?? model.parentElement?.lastElementChild ?? model).before(item);
      });
      items.slice(scale.colors.length).forEach((item) => item.remove());
    }
  }

  /** Recolours for another measure, or changes the level shown, without reloading. */
  #show(measure: string, level: string): void {
    const tilesBefore = this.#tiles();
    this.#measure = measure;
    this.#level = level;
    const map = this.#map;
    this.#state("moving");
    const source = map.getSource(SOURCE);
    if (source && "setTiles" in source && this.#tiles() !== tilesBefore) {
      (source as { setTiles(tiles: string[]): unknown }).setTiles([this.#tiles()]);
    }
    const z = this.#switchZoom;
    for (const { layer, level: slug } of LEVELS.slice(0, 2)) {
      const [low, high] = layer === "communes" ? [z, 24] : [0, z];
      map.setPaintProperty(layer, "fill-color", this.#fill(slug));
      map.setFilter(`${layer}-absent`, this.#absent());
      for (const id of [layer, `${layer}-absent`, `${layer}-survol`]) map.setLayerZoomRange(id, low, high);
    }
    map.setLayerZoomRange("communes-contour", z, 24);
    if (level === "commune" && map.getZoom() < z) map.easeTo({ zoom: z + 0.05 });
    this.#popup.remove();
    this.#hoverPopup.remove();
    this.#legend();
    const label = this.#config.measures[measure]?.label ?? "";
    for (const title of document.querySelectorAll<HTMLElement>("[data-measure-label]")) title.textContent = label;
    this.#status.textContent = label;
  }
}
