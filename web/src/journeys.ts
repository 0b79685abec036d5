/**
 * The live map of the page of areas around a place: a click, or Enter at the centre of the map, asks the server what is
 * reached from there, then shows areas and ways, and refreshes the legend, the tables, the form and the address.
 *
 * Everything said in words comes from the server, ready made: this module only places it. `data-map-state` on the
 * container goes `loading` → `idle`, as on the other live map, or `unavailable` without WebGL (the drawing stays).
 */
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import { createMap, FONTS, linesOf, open, placesOf, reliefOf, SOURCE, stageIn, token } from "./base_map";
import { readConfig, type Bounds, type JourneysConfig } from "./config";

type Collection = Parameters<GeoJSONSource["setData"]>[0];

/** What `/trajets.json` answers (`crates/portal/src/pages/journeys/live.rs`, `LiveAnswer`). */
interface Answer {
  /** Parameters of the page that shows the same. */
  query: string;
  /** Text for the field of the form. */
  place: string;
  title: string;
  /** One sentence, read aloud. */
  summary: string;
  bounds: Bounds;
  areas: Collection;
  ways: Collection;
  stops: Collection;
  origin: Collection;
  /** Parts of the page, by name: each replaces what `[data-part=name]` holds. */
  parts: Record<string, string>;
}

interface Refusal {
  error?: { message?: string };
}

const SETS = ["areas", "ways", "stops", "origin"] as const;
const NOTHING: Collection = { type: "FeatureCollection", features: [] };

/** Turns `container` into a live map. Leaves it as it is when the page carries no configuration. */
export function enhanceJourneys(container: HTMLElement): void {
  const found = readConfig<JourneysConfig>(container.dataset["config"] ?? "trajets-donnees");
  if (found) new LiveJourneys(container, found);
}

class LiveJourneys {
  readonly #container: HTMLElement;
  readonly #config: JourneysConfig;
  readonly #form: HTMLFormElement | null;
  readonly #status: HTMLElement;
  #map!: MapLibre;
  #pending: AbortController | undefined;
  #loaded = false;

  constructor(container: HTMLElement, config: JourneysConfig) {
    this.#container = container;
    this.#config = config;
    this.#form = document.querySelector<HTMLFormElement>("form[data-journeys-form]");
    const { canvas, status, abandon } = stageIn(container);
    this.#status = status;
    try {
      const empty = { type: "geojson", data: NOTHING } as const;
      this.#map = createMap(canvas, config, location.origin + config.tiles, this.#layers(), {
        areas: empty, ways: empty, stops: empty, origin: empty,
      });
    } catch (error) {
      abandon(error);
      return;
    }
    this.#listen();
  }

  /** Areas lie under the lines of the ground, so that rivers and borders show through; ways and stops over everything. */
  #layers(): LayerSpecification[] {
    const at = (name: string, fallback: string): string => token(this.#container, name, fallback);
    const land = at("--map-land", "#f7f7f3");
    const border = at("--map-reach-border", "#ffffff");
    const strong = at("--map-border-strong", "#3c4a47");
    const highlight = at("--map-highlight", "#b6420c");
    const { communesFrom, extras } = this.#config;
    const within = { source: SOURCE } as const;
    const round = { "line-cap": "round", "line-join": "round" } as const;
    return [
      { id: "fond", type: "background", paint: { "background-color": at("--map-sea", "#edf2f3") } },
      { id: "terre-loin", type: "fill", ...within, "source-layer": "departements", maxzoom: communesFrom, paint: { "fill-color": land } },
      { id: "terre", type: "fill", ...within, "source-layer": "communes", minzoom: communesFrom, paint: { "fill-color": land } },
      // The longest first: each area covers the middle of the one before, and colours stay those of the legend.
      { id: "surfaces", type: "fill", source: "areas", layout: { "fill-sort-key": ["-", 0, ["get", "minutes"]] }, paint: { "fill-color": ["get", "color"] } },
      { id: "surfaces-bord", type: "line", source: "areas", paint: { "line-color": border, "line-width": 1.2, "line-opacity": 0.9 } },
      {
        id: "communes-contour", type: "line", ...within, "source-layer": "communes", minzoom: communesFrom,
        paint: { "line-color": strong, "line-opacity": 0.3, "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.25, 12, 1] },
      },
      ...reliefOf(this.#container, extras),
      ...linesOf(this.#container, extras),
      {
        id: "departements-contour", type: "line", ...within, "source-layer": "departements",
        paint: { "line-color": strong, "line-opacity": 0.7, "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.6, 8, 1.2, 12, 2] },
      },
      { id: "voies-halo", type: "line", source: "ways", layout: round, paint: { "line-color": at("--map-halo", "#ffffff"), "line-width": 6 } },
      { id: "voies", type: "line", source: "ways", layout: round, paint: { "line-color": highlight, "line-width": 3 } },
      ...placesOf(this.#container, extras),
      { id: "origine", type: "circle", source: "origin", paint: { "circle-radius": 7, "circle-color": highlight, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 } },
      { id: "arrivees", type: "circle", source: "stops", paint: { "circle-radius": ["get", "radius"], "circle-color": "#ffffff", "circle-stroke-color": "#15211f", "circle-stroke-width": 2 } },
      {
        id: "arrivees-numeros", type: "symbol", source: "stops",
        layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": FONTS, "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": "#15211f" },
      },
    ];
  }

  #listen(): void {
    const map = this.#map;
    const container = this.#container;
    const loaded = () => { this.#loaded = true; };
    open(map, container, this.#config.bounds, loaded, () => {
      if (this.#config.asked) void this.#ask(new URLSearchParams(this.#config.asked), true);
    });
    map.on("movestart", () => this.#state("moving"));
    map.on("dataloading", () => this.#state("moving"));
    map.on("idle", () => this.#state(this.#pending ? "moving" : "idle"));
    map.on("error", ({ error }) => console.warn("carte", error));
    map.getCanvas().style.cursor = "crosshair";
    map.on("click", (event) => this.#from(event.lngLat.lat, event.lngLat.lng));
    const canvas = map.getCanvas();
    canvas.addEventListener("focus", () => {
      container.dataset["keyboard"] = String(canvas.matches(":focus-visible"));
    });
    canvas.addEventListener("blur", () => delete container.dataset["keyboard"]);
    canvas.addEventListener("keydown", (event) => {
      container.dataset["keyboard"] = "true";
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        const { lat, lng } = map.getCenter();
        this.#from(lat, lng);
      }
    });
  }

  #state(state: string): void {
    if (this.#container.dataset["mapState"] !== "loading" || (state === "idle" && this.#loaded)) {
      this.#container.dataset["mapState"] = state;
    }
  }

  /** Asks for the areas around a point of the map, with the durations and the means of travel of the form. */
  #from(lat: number, lon: number): void {
    const query = new URLSearchParams({ lieu: `${lat.toFixed(5)},${lon.toFixed(5)}` });
    const data = this.#form ? new FormData(this.#form) : new FormData();
    for (const name of ["minutes", "profil"]) {
      const value = String(data.get(name) ?? "").trim();
      if (value) query.set(name, value);
    }
    void this.#ask(query, false);
  }

  async #ask(query: URLSearchParams, first: boolean): Promise<void> {
    this.#pending?.abort();
    const request = (this.#pending = new AbortController());
    this.#state("moving");
    this.#status.textContent = this.#config.texts["working"] ?? "";
    const lang = document.documentElement.lang;
    try {
      const response = await fetch(`${this.#config.answers}?${query.toString()}&lang=${lang}`, {
        signal: request.signal,
        headers: { Accept: "application/json" },
      });
      const answer = (await response.json()) as Answer & Refusal;
      if (request.signal.aborted) return;
      if (response.ok) this.#show(answer, first);
      else this.#refuse(answer.error?.message);
    } catch {
      if (!request.signal.aborted) this.#refuse(undefined);
    } finally {
      if (this.#pending === request) {
        this.#pending = undefined;
        // Comes to rest at the next frame that has nothing left to draw.
        this.#map.triggerRepaint();
      }
    }
  }

  #show(answer: Answer, first: boolean): void {
    for (const set of SETS) this.#map.getSource<GeoJSONSource>(set)?.setData(answer[set]);
    const [west, south, east, north] = answer.bounds;
    const seen = this.#map.getBounds();
    const whole = seen.contains([west, south]) && seen.contains([east, north]);
    const large = seen.getEast() - seen.getWest() > 4 * (east - west);
    if (first || !whole || large) {
      this.#map.fitBounds(answer.bounds, { padding: 32, animate: !first && !matchMedia("(prefers-reduced-motion: reduce)").matches });
    }
    this.#complain("");
    this.#status.textContent = answer.summary;
    // The page already shows what it was made with.
    if (first) return;
    for (const [name, html] of Object.entries(answer.parts)) {
      const part = document.querySelector<HTMLElement>(`[data-part="${name}"]`);
      if (part) part.innerHTML = html;
    }
    const field = this.#form?.elements.namedItem("lieu");
    if (field instanceof HTMLInputElement) field.value = answer.place;
    document.title = answer.title;
    history.replaceState(history.state, "", `${location.pathname}?${answer.query}`);
  }

  /** Says why there is no answer; what was shown before stays. */
  #refuse(message: string | undefined): void {
    const text = message ?? this.#config.texts["failed"] ?? "";
    this.#status.textContent = "";
    this.#complain(text);
  }

  #complain(text: string): void {
    const alert = document.querySelector<HTMLElement>("[data-part=refusal]");
    if (!alert) return;
    alert.replaceChildren();
    if (!text) return;
    const box = document.createElement("div");
    box.className = "alert alert-error";
    box.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    alert.append(box);
  }
}
