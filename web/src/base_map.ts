/**
 * What the live maps of the portal share: a MapLibre map over our own vector tiles, with its controls, its words and the
 * ground (contour lines, rivers, roads, names of places) that helps to find one's way.
 */
import {
  AttributionControl,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type ExpressionSpecification,
  type LayerSpecification,
  type SourceSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { BaseConfig, Bounds } from "./config";

/** The source of the territory's tiles. */
export const SOURCE = "territoire";
/** Fonts of the visitor: no glyph is fetched. */
export const FONTS = ["Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"];

/** Colour of the theme token `name` at the map. */
export function token(element: Element, name: string, fallback: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim() || fallback;
}

/** What stands in the container of a live map. */
export interface Stage {
  readonly canvas: HTMLElement;
  /** Where what changed is said to those who do not see it. */
  readonly status: HTMLElement;
  /** Takes the map away when there is no WebGL: what the server drew stays. */
  abandon(error: unknown): void;
}

/** Lays out the container of a live map: the canvas, the cross that marks the centre for the keyboard, the status. */
export function stageIn(container: HTMLElement): Stage {
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  const cross = document.createElement("div");
  cross.className = "map-crosshair";
  cross.setAttribute("aria-hidden", "true");
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  container.append(canvas, cross, status);
  container.dataset["mapState"] = "loading";
  const abandon = (error: unknown): void => {
    canvas.remove();
    cross.remove();
    container.dataset["mapState"] = "unavailable";
    console.warn("carte interactive indisponible", error);
  };
  return { canvas, status, abandon };
}

/** A map on `tiles` with `layers`, drawn from the tiles or from `others`. Throws when the browser has no WebGL. */
export function createMap(
  canvas: HTMLElement,
  config: BaseConfig,
  tiles: string,
  layers: LayerSpecification[],
  others: Record<string, SourceSpecification> = {},
): MapLibre {
  setWorkerUrl(new URL(workerUrl, import.meta.url).href);
  const { texts, attribution, bounds, maxZoom } = config;
  const map = new MapLibre({
    container: canvas,
    style: {
      version: 8,
      sources: { [SOURCE]: { type: "vector", tiles: [tiles], minzoom: 0, maxzoom: Math.min(maxZoom, 12) }, ...others },
      layers,
    },
    bounds: bounds,
    fitBoundsOptions: { padding: 24 },
    maxZoom: maxZoom + 2,
    minZoom: 1,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    cooperativeGestures: true,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
    locale: {
      "Map.Title": texts["title"] ?? "Carte",
      "NavigationControl.ZoomIn": texts["zoomIn"] ?? "Zoomer",
      "NavigationControl.ZoomOut": texts["zoomOut"] ?? "Dézoomer",
      "AttributionControl.ToggleAttribution": texts["attribution"] ?? "Sources",
      "Popup.Close": texts["close"] ?? "Fermer",
      "ScaleControl.Meters": "m",
      "ScaleControl.Kilometers": "km",
      "CooperativeGesturesHandler.WindowsHelpText": texts["gestureCtrl"] ?? "",
      "CooperativeGesturesHandler.MacHelpText": texts["gestureMac"] ?? "",
      "CooperativeGesturesHandler.MobileHelpText": texts["gestureTouch"] ?? "",
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new AttributionControl({ compact: false, customAttribution: attribution }), "bottom-right");
  return map;
}

/** Once the map has loaded: calls `loaded`, puts it in the place of the drawing, brings `bounds` into view, then calls
 *  `settled`. The canvas has another size while it loads, and the map learns of its new one at the next frame only. */
export function open(
  map: MapLibre, container: HTMLElement, bounds: Bounds, loaded: () => void, settled: () => void,
): void {
  map.on("load", () => {
    loaded();
    container.querySelector<HTMLElement>(".map-fallback")?.setAttribute("hidden", "");
    // Shown before it is measured: while it loads, the canvas has the size of the drawing.
    container.dataset["mapState"] = "ready";
    document.getElementById("carte-aide")?.removeAttribute("hidden");
    requestAnimationFrame(() => {
      map.resize();
      map.fitBounds(bounds, { padding: 24, animate: false });
      settled();
    });
  });
}

/** Contour lines, not shading: shading would change the colour of a class, and the legend with it. */
export function reliefOf(container: Element, extras: string[]): LayerSpecification[] {
  if (!extras.includes("relief")) return [];
  return [
    {
      id: "relief", type: "line", source: SOURCE, "source-layer": "relief",
      paint: {
        "line-color": token(container, "--map-border-strong", "#3c4a47"), "line-opacity": 0.22,
        "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.4, 12, 0.9],
      },
    },
  ];
}

/** Rivers and roads. */
export function linesOf(container: Element, extras: string[]): LayerSpecification[] {
  if (!extras.includes("lines")) return [];
  const lines = { type: "line", source: SOURCE, "source-layer": "lines", layout: { "line-cap": "round", "line-join": "round" } } as const;
  const width = (low: number, high: number): ExpressionSpecification => [
    "interpolate", ["linear"], ["zoom"], 6, ["*", low, ["get", "rank"]], 12, ["*", high, ["get", "rank"]],
  ];
  return [
    {
      id: "rivieres", ...lines, filter: ["==", ["get", "kind"], "river"],
      paint: { "line-color": token(container, "--map-water", "#8fb4c4"), "line-width": width(0.4, 1.3) },
    },
    {
      id: "routes", ...lines, filter: ["==", ["get", "kind"], "road"],
      paint: { "line-color": token(container, "--map-road", "#8d8679"), "line-opacity": 0.75, "line-width": width(0.25, 0.9) },
    },
  ];
}

/** Names of places, the largest first. */
export function placesOf(container: Element, extras: string[]): LayerSpecification[] {
  if (!extras.includes("places")) return [];
  return [
    {
      id: "lieux", type: "symbol", source: SOURCE, "source-layer": "places",
      layout: {
        "text-field": ["get", "name"],
        "text-size": ["interpolate", ["linear"], ["to-number", ["get", "population"], 0], 500, 11, 20000, 13, 200000, 16],
        "text-font": FONTS, "text-max-width": 7, "text-padding": 4,
        "symbol-sort-key": ["-", 0, ["to-number", ["get", "population"], 0]],
      },
      paint: {
        "text-color": token(container, "--map-label", "#1b2826"), "text-halo-color": token(container, "--map-halo", "#ffffff"),
        "text-halo-width": 1.7, "text-halo-blur": 0.2,
      },
    },
  ];
}
