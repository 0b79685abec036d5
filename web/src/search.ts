/**
 * Suggestions under the search form: an ARIA 1.2 combobox with a listbox popup over the plain `GET /recherche` form.
 *
 * Without JavaScript, or when the server does not answer, the form still submits. Arrow keys move through the
 * suggestions, Enter opens the one chosen (or submits the text when none is), Escape closes, then clears.
 */

/** One suggestion, as `GET /recherche.json?q=` gives it. */
export interface Suggestion {
  level: string;
  code: string;
  name: string;
  context: string;
  url: string;
}

interface Answer {
  query: string;
  results: Suggestion[];
}

const WAIT_MS = 120;
const MIN_LENGTH = 2;

let serial = 0;

/** Turns the text field of `form` into a combobox. The form carries `data-search` (address of the JSON answers) and,
 *  for the announcements, `data-none`, `data-one`, `data-many` (with `{n}`). */
export function enhanceSearch(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[name="q"]');
  const endpoint = form.dataset["search"];
  if (!input || !endpoint) return;

  const id = `suggestions-${++serial}`;
  const box = document.createElement("div");
  box.className = "combobox";
  input.replaceWith(box);
  const list = document.createElement("ul");
  list.id = id;
  list.className = "combobox-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset["label"] ?? input.getAttribute("aria-label") ?? "Suggestions");
  list.hidden = true;
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  box.append(input, list, status);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  input.autocomplete = "off";
  input.spellcheck = false;

  let shown: Suggestion[] = [];
  let active = -1;
  let timer = 0;
  let pending: AbortController | undefined;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const open = (): void => {
    if (shown.length === 0) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  const activate = (index: number): void => {
    const options = list.querySelectorAll<HTMLElement>('[role="option"]');
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    active = index;
    const option = options[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const show = (results: Suggestion[]): void => {
    shown = results;
    list.replaceChildren(
      ...results.map((result, i) => {
        const option = document.createElement("li");
        option.id = `${id}-${i}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.className = "combobox-name";
        name.textContent = result.name;
        const context = document.createElement("span");
        context.className = "combobox-context";
        context.textContent = result.context;
        option.append(name, context);
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          location.assign(result.url);
        });
        return option;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const message = results.length === 0 ? form.dataset["none"] : results.length === 1 ? form.dataset["one"] : form.dataset["many"];
    status.textContent = (message ?? "").replace("{n}", String(results.length));
    if (results.length === 0) close();
    else open();
  };

  const ask = async (query: string): Promise<void> => {
    pending?.abort();
    const request = (pending = new AbortController());
    const address = new URL(endpoint, location.href);
    address.searchParams.set("q", query);
    try {
      const response = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return close();
      const answer = (await response.json()) as Answer;
      if (!request.signal.aborted && document.activeElement === input) show(answer.results);
    } catch {
      // Network gone or request overtaken by the next one: the plain form still works.
      if (!request.signal.aborted) close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    const query = input.value.trim();
    if (query.length < MIN_LENGTH) {
      pending?.abort();
      shown = [];
      return close();
    }
    timer = window.setTimeout(() => void ask(query), WAIT_MS);
  });

  input.addEventListener("keydown", (event) => {
    const visible = !list.hidden;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        if (shown.length === 0) return;
        event.preventDefault();
        open();
        const step = event.key === "ArrowDown" ? 1 : -1;
        // One position past either end is the text field itself.
        const next = visible ? active + step : step > 0 ? 0 : shown.length - 1;
        activate(next >= shown.length ? -1 : next < -1 ? shown.length - 1 : next);
        return;
      }
      case "Enter": {
        const choice = visible ? shown[active] : undefined;
        if (choice) {
          event.preventDefault();
          location.assign(choice.url);
        }
        return;
      }
      case "Escape":
        if (visible) {
          event.preventDefault();
          close();
        } else {
          input.value = "";
        }
        return;
      case "Tab":
        close();
        return;
      default:
    }
  });

  input.addEventListener("focus", () => {
    if (input.value.trim().length >= MIN_LENGTH) open();
  });
  input.addEventListener("blur", close);
}
