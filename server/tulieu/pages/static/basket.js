/* The basket: records that a reader puts aside, to print, cite and export them together.
   The list stands in this browser's storage and nowhere else; everything is fetched from where this file came from. */

const KEY = 'tulieu.basket';
const ROOT = new URL('..', import.meta.url);
const TYPES = {
  json: 'application/vnd.citationstyles.csl+json', bib: 'application/x-bibtex', ris: 'application/x-research-info-systems',
  csv: 'text/csv', ttl: 'text/turtle',
};

function isRecord(each) {
  const isText = ['iri', 'label', 'href'].every((name) => typeof each?.[name] === 'string');
  return isText && new URL(each.href, ROOT).href.startsWith(ROOT.href);
}

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter(isRecord) : [];
  } catch {
    return [];
  }
}

/* Says whether the browser took the list: in private modes and with full storage it does not. */
function write(records) {
  try {
    localStorage.setItem(KEY, JSON.stringify(records));
    return true;
  } catch {
    return false;
  }
}

function showCount() {
  const count = read().length;
  for (const place of document.querySelectorAll('[data-basket-count]')) {
    place.textContent = count;
    place.hidden = count === 0;
  }
}

function setUpButton(place) {
  const { basket: iri, label, href, full } = place.dataset;
  const button = place.querySelector('button');
  const status = place.querySelector('[role=status]');
  const show = () => button.setAttribute('aria-pressed', String(read().some((each) => each.iri === iri)));
  button.addEventListener('click', () => {
    const others = read().filter((each) => each.iri !== iri);
    const isIn = button.getAttribute('aria-pressed') === 'true';
    status.textContent = write(isIn ? others : [...others, { iri, label, href }]) ? '' : full;
    refresh();
  });
  place.hidden = false;
  return show;
}

function addressOf(record) {
  const address = new URL(record.href, ROOT);
  const chosen = new URLSearchParams(location.search);
  for (const name of ['lang', 'content']) {
    if (chosen.has(name)) address.searchParams.set(name, chosen.get(name));
  }
  return address;
}

function documentAs(record, suffix) {
  const address = new URL(record.href, ROOT);
  address.search = '';
  address.pathname += suffix;
  return address;
}

async function fetchText(address, accept) {
  const answer = await fetch(address, { headers: { Accept: accept } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

/* One after the other: a basket of a hundred is no reason to hurry the server. */
async function fetchEach(records, addressFor, accept, tell) {
  const texts = [];
  for (const record of records) {
    try {
      texts.push(await fetchText(addressFor(record), accept));
    } catch {
      tell(record);
    }
  }
  return texts;
}

function writeCsv(records) {
  const quote = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = records.map((each) => [each.iri, each.label, new URL(each.href, ROOT).href].map(quote).join(','));
  return ['identifier,name,address', ...rows, ''].join('\r\n');
}

async function exportAs(name, from, records, tell) {
  if (name === 'csv') return writeCsv(records);
  if (name === 'ttl') return (await fetchEach(records, (each) => documentAs(each, '.ttl'), TYPES.ttl, tell)).join('\n');
  const addressFor = (each) => {
    const address = new URL(from, location);
    address.searchParams.set('of', each.href);
    return address;
  };
  const texts = await fetchEach(records, addressFor, '*/*', tell);
  return name === 'json' ? JSON.stringify(texts.flatMap((text) => JSON.parse(text)), null, 1) : texts.join('');
}

function save(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: TYPES[name] }));
  link.download = `tulieu.${name}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/* The main part of a record's page, one level of headings lower, without what only its own page can do. */
function takeRecord(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  for (const sheet of page.querySelectorAll('link[rel=stylesheet]')) {
    if (!document.querySelector(`link[href="${CSS.escape(sheet.getAttribute('href'))}"]`)) document.head.append(sheet);
  }
  const main = page.querySelector('main');
  for (const each of main.querySelectorAll('.tools, form, script, button, nav')) each.remove();
  for (const each of main.querySelectorAll('[id]')) each.removeAttribute('id');
  for (const heading of main.querySelectorAll('h2, h3, h4, h5')) {
    heading.setAttribute('aria-level', Number(heading.tagName[1]) + 1);
  }
  for (const title of main.querySelectorAll('h1')) {
    const lower = document.createElement('h2');
    lower.append(...title.childNodes);
    title.replaceWith(lower);
  }
  const record = document.createElement('article');
  record.className = 'record-of-basket';
  record.append(...main.childNodes);
  return record;
}

function setUpPage(page) {
  const words = page.dataset;
  const list = page.querySelector('[data-basket-list]');
  const actions = page.querySelector('[data-basket-actions]');
  const status = page.querySelector('[data-basket-status]');
  const shown = document.querySelector('[data-basket-records]');
  const tell = (record) => { status.textContent = `${words.failed}: ${record.label}`; };
  page.querySelector('[data-basket-off]').hidden = true;

  function keep(records) {
    if (!write(records)) status.textContent = words.lost;
    shown.replaceChildren();
    refresh();
  }

  function lineOf(record) {
    const line = document.createElement('li');
    const link = document.createElement('a');
    link.href = addressOf(record);
    link.textContent = record.label;
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'plain';
    remove.textContent = words.remove;
    remove.setAttribute('aria-label', `${words.remove}: ${record.label}`);
    remove.addEventListener('click', () => {
      keep(read().filter((each) => each.iri !== record.iri));
      (list.querySelector('button') ?? document.querySelector('main')).focus();
    });
    line.append(link, ' ', remove);
    return line;
  }

  async function open() {
    status.textContent = '';
    const pages = await fetchEach(read(), addressOf, 'text/html', tell);
    shown.replaceChildren(...pages.map(takeRecord));
  }

  page.querySelector('[data-show]').addEventListener('click', open);
  page.querySelector('[data-print]').addEventListener('click', async () => {
    await open();
    print();
  });
  page.querySelector('[data-clear]').addEventListener('click', () => keep([]));
  for (const button of page.querySelectorAll('[data-export]')) {
    button.addEventListener('click', async () => {
      status.textContent = '';
      save(await exportAs(button.dataset.export, button.dataset.from, read(), tell), button.dataset.export);
    });
  }
  return () => {
    const records = read();
    list.replaceChildren(...records.map(lineOf));
    actions.hidden = records.length === 0;
    if (records.length === 0) status.textContent = write([]) ? words.empty : words.lost;
    else if (status.textContent === words.empty) status.textContent = '';
  };
}

const shows = [
  showCount,
  ...[...document.querySelectorAll('[data-basket]')].map(setUpButton),
  ...[...document.querySelectorAll('[data-basket-page]')].map(setUpPage),
];
function refresh() {
  for (const show of shows) show();
}
addEventListener('storage', refresh);
addEventListener('pageshow', refresh);
refresh();
