/**
 * Entry of every page. Responsible for finding what the server marked as enhanceable and bringing only the code it
 * needs; a page works without any of it.
 */
import { enhanceSearch } from "./search";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-search]")) {
  enhanceSearch(form);
}

for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-submit-on-change]")) {
  select.addEventListener("change", () => select.form?.requestSubmit());
}

// A map weighs a megabyte: it is fetched once the page itself is there, and never by pages without a map.
const map = document.getElementById("carte");
if (map) {
  const unavailable = (error: unknown): void => {
    map.dataset["mapState"] = "unavailable";
    console.warn("carte interactive indisponible", error);
  };
  if (map.dataset["mapKind"] === "trajets") import("./journeys").then(({ enhanceJourneys }) => enhanceJourneys(map), unavailable);
  else if (map.dataset["mapKind"] === "simuler") import("./whatif").then(({ enhanceWhatIf }) => enhanceWhatIf(map), unavailable);
  else import("./map").then(({ enhanceMap }) => enhanceMap(map), unavailable);
}
