/** What the server says to the map module: the JSON block `<script type="application/json" id="carte-donnees">`
 *  (`crates/portal/src/map_block.rs`, `MapConfig`). One side never guesses what the other decided: breaks, colours, labels, views and
 *  the zoom at which communes appear all come from here, so the legend and the map agree. */

/** West, south, east, north in degrees (WGS84). */
export type Bounds = [number, number, number, number];

/** Classes of a measure: `colors.length === breaks.length + 1`; class i holds values in `[breaks[i-1], breaks[i])`. */
export interface Scale {
  breaks: number[];
  colors: string[];
}

export interface Measure {
  label: string;
  /** Unit as written after a value, e.g. "consultations par an et par habitant". */
  unit: string;
  /** Digits after the decimal sign. */
  decimals: number;
  /** Whether positive values carry a plus sign (changes). */
  signed: boolean;
  /** Scale by level slug. */
  scales: Record<string, Scale>;
  /** Address of the tiles that carry this measure, with `{z}`, `{x}`, `{y}`. */
  tiles: string;
}

/** What every live map needs. */
export interface BaseConfig {
  bounds: Bounds;
  maxZoom: number;
  /** Layers of the tiles besides the territories: `relief`, `lines`, `places`. */
  extras: string[];
  attribution: string;
  /** Words, by name. */
  texts: Record<string, string>;
}

export interface MapConfig extends BaseConfig {
  views: { slug: string; label: string; bounds: Bounds }[];
  /** Tile zoom from which the `communes` layer exists. */
  communesFrom: number;
  /** `auto`, `departement` or `commune`. */
  level: string;
  /** Slug of the measure shown at first. */
  measure: string;
  measures: Record<string, Measure>;
  lang: string;
  /** Words: names of levels by slug, `title`, `zoomIn`, `zoomOut`, `close`, `missing`, `open`, `views`, and the wording of
   *  classes: `below` (`moins de {b}`), `between` (`{a} à {b}`), `above` (`{a} et plus`). */
  texts: Record<string, string>;
}

/** What the page of areas around a place says to its map (`crates/portal/src/pages/journeys/live.rs`, `LiveConfig`). */
export interface JourneysConfig extends BaseConfig {
  /** Address of the tiles, with `{z}`, `{x}`, `{y}`. */
  tiles: string;
  /** Tile zoom from which the `communes` layer exists. */
  communesFrom: number;
  /** Where areas are asked for, without parameters. */
  answers: string;
  /** Parameters of the areas the page was made with; empty when it was asked for no place. */
  asked: string;
}

/** Reads the configuration block, or `null` when the page has none or it is not valid JSON. */
export function readConfig<Config = MapConfig>(id: string): Config | null {
  const block = document.getElementById(id);
  if (!block?.textContent) return null;
  try {
    return JSON.parse(block.textContent) as Config;
  } catch {
    return null;
  }
}
