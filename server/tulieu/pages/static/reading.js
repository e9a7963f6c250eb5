// A reader's own copy of an article beside our summaries: read in the browser, checked by digest, sent nowhere, kept nowhere.
// Comes in: a text file; the offsets and digests that the page's passages carry. Goes out: each passage's words beside its
// summary, and what the check found. Normalises as `tulieu source check` does (pipeline/source.py): no byte order mark,
// line feeds, NFC; offsets count code points, the end excluded; digests are of the UTF-8 bytes.

const MOST_BYTES = 4 * 1024 * 1024;
const SHORT_DIGEST = 16;
const place = document.querySelector("#text");
const pieces = place.querySelector("template").content;
const passages = [...document.querySelectorAll(".passage[data-start]")];
const list = document.querySelector(".paragraphs");

const desk = pieces.querySelector(".desk").cloneNode(true);
const outcome = pieces.querySelector(".outcome").cloneNode(true);
const away = pieces.querySelector(".away").cloneNode(true);
place.querySelector("details").before(desk, outcome, away);
const chooser = desk.querySelector("input");

// Two files chosen quickly one after the other: only the last one is shown.
let latest = 0;

function say(name, ...values) {
  const words = pieces.querySelector(`[data-say="${name}"]`).textContent;
  return values.reduce((text, value, index) => text.replace(`{${index}}`, value), words);
}

async function digestOf(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function readText(file) {
  if (file.size > MOST_BYTES) throw new Error("size");
  const bytes = await file.arrayBuffer().catch(() => { throw new Error("unreadable"); });
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.replaceAll("\ufeff", "").replaceAll("\r\n", "\n").normalize("NFC");
  } catch {
    throw new Error("encoding");
  }
}

// What a check of one passage found: the words that stand there, and the name of what is said of them.
async function checkPassage(passage, points, canCheck) {
  const { start, end, digest } = passage.dataset;
  const words = points.slice(Number(start), Number(end)).join("");
  if (!canCheck) return { words, verdict: "untested" };
  if (Number(end) > points.length) return { words, verdict: "beyond" };
  const found = (await digestOf(words)).slice(0, SHORT_DIGEST);
  return { words, verdict: found === digest ? "matches" : "differs" };
}

function show(passage, { words, verdict }) {
  const beside = pieces.querySelector(".wording").cloneNode(true);
  beside.classList.add(verdict);
  const quote = beside.querySelector("blockquote");
  quote.textContent = words;
  if (place.dataset.language) quote.lang = place.dataset.language;
  beside.querySelector(".verdict").textContent = say(verdict);
  passage.append(beside);
}

function clear() {
  for (const beside of list.querySelectorAll(".wording")) beside.remove();
  list.classList.remove("beside");
  outcome.className = "outcome";
  away.hidden = true;
}

async function lay(file) {
  const turn = ++latest;
  clear();
  outcome.textContent = "";
  // Outside a secure context browsers have no digests; a check of our own making would be no check.
  const canCheck = Boolean(globalThis.crypto?.subtle);
  try {
    const text = await readText(file);
    const points = Array.from(text);
    const checked = await Promise.all(passages.map((passage) => checkPassage(passage, points, canCheck)));
    const isWhole = canCheck && (await digestOf(text)) === place.dataset.digest
      && points.length === Number(place.dataset.length);
    if (turn !== latest) return;
    checked.forEach((each, index) => show(passages[index], each));
    const matching = checked.filter((each) => each.verdict === "matches").length;
    const result = !canCheck ? "unchecked" : !isWhole ? "other" : matching === passages.length ? "same" : "uneven";
    list.classList.add("beside");
    outcome.classList.add(result === "same" ? "good" : "bad");
    outcome.textContent = say(result, matching, passages.length);
    away.hidden = false;
  } catch (problem) {
    if (turn !== latest) return;
    outcome.classList.add("bad");
    outcome.textContent = say(["size", "encoding"].includes(problem.message) ? problem.message : "unreadable");
  }
}

chooser.addEventListener("change", () => chooser.files.length && lay(chooser.files[0]));
away.addEventListener("click", () => {
  latest += 1;
  clear();
  chooser.value = "";
  outcome.textContent = say("gone");
  chooser.focus();
});
// A file let go anywhere on the page is meant for it; the browser would open it and leave the page.
addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  place.classList.add("over");
});
addEventListener("dragleave", (event) => event.relatedTarget === null && place.classList.remove("over"));
addEventListener("drop", (event) => {
  place.classList.remove("over");
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  lay(event.dataTransfer.files[0]);
});
