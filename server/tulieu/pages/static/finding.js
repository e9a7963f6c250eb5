/* Suggestions as a reader types: every search box with `data-suggest` becomes a combobox with a list (WAI-ARIA Authoring
   Practices, "Editable Combobox With List Autocomplete": https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
   Comes in: what is typed. Goes out: links to pages. Without it, or when the server does not answer, the form stays a form. */

const PAUSE = 120;
const SHORTEST = 2;
let boxes = 0;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function option(result, id) {
  const parts = [make("span", { class: "suggested", lang: result.language }, result.label)];
  if (result.hint) parts.push(make("span", { class: "quiet", lang: result.hint_language }, result.hint));
  parts.push(make("span", { class: "kind" }, result.kind));
  return make("li", { role: "option", id, "aria-selected": "false", "data-href": result.href }, ...parts);
}

function enhance(input) {
  const name = `suggestions-${(boxes += 1)}`;
  const list = make("ul", { role: "listbox", id: name, class: "suggestions", "aria-label": input.dataset.list });
  const told = make("p", { class: "hidden", role: "status" });
  let pending = 0;
  let asked = new AbortController();
  let chosen = -1;

  list.hidden = true;
  input.form.append(list, told);
  input.form.classList.add("suggests");
  for (const [key, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": name, "aria-autocomplete": "list",
  })) input.setAttribute(key, value);

  function choose(place) {
    const options = [...list.children];
    chosen = place;
    options.forEach((each, index) => each.setAttribute("aria-selected", String(index === place)));
    if (place < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", options[place].id);
    options[place].scrollIntoView({ block: "nearest" });
  }

  function open(is) {
    list.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) choose(-1);
  }

  function close() {
    clearTimeout(pending);
    asked.abort();
    open(false);
  }

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const typed = input.value.trim();
    if (typed.length < SHORTEST) return open(false);
    const address = new URL(input.dataset.suggest, document.baseURI);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const { results } = await answer.json();
      list.replaceChildren(...results.map((result, place) => option(result, `${name}-${place}`)));
      told.textContent = results.length ? `${input.dataset.list}: ${results.length}` : "";
      choose(-1);
      open(results.length > 0 && document.activeElement === input);
    } catch (error) {
      // A question that a later one has overtaken is no failure; any other leaves the plain form.
      if (error.name !== "AbortError") close();
    }
  }

  function move(event, step) {
    const count = list.children.length;
    if (!count) return;
    event.preventDefault();
    // Whoever walks through the list is not to have it changed under him.
    clearTimeout(pending);
    asked.abort();
    if (list.hidden) open(true);
    // One place before the first is the text itself, as when nothing is chosen.
    choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
  }

  input.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") move(event, 1);
    else if (event.key === "ArrowUp") move(event, -1);
    else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.href);
    }
  });
  input.addEventListener("blur", close);
  // Before the input loses the focus, which would close the list under the pointer.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const picked = event.target.closest("[data-href]");
    if (picked) location.assign(picked.dataset.href);
  });
}

document.querySelectorAll("input[data-suggest]").forEach(enhance);
