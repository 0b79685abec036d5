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

const map = document.getElementById("carte");
if (map) {
  // The map weighs a megabyte: it is fetched once the page itself is there, and never by pages without a map.
  import("./map").then(
    ({ enhanceMap }) => enhanceMap(map),
    (error: unknown) => {
      map.dataset["mapState"] = "unavailable";
      console.warn("carte interactive indisponible", error);
    },
  );
}
