/**
 * The only script of a dashboard: takes what changed of the page as the server tells it, sends what the buttons ask for,
 * and sorts tables. Without it the page is whole and loads itself again.
 */
export const DASHBOARD_SCRIPT = `
(() => {
  'use strict';
  const base = document.body.dataset.base;
  const at = (id) => document.getElementById(id);

  // The token has done its part: the cookie goes with what follows.
  const here = new URL(location.href);
  if (here.searchParams.has('token')) {
    here.searchParams.delete('token');
    history.replaceState(null, '', here);
  }

  const letters = new Intl.Collator(undefined, { numeric: true });
  const group = (cell) => (cell.dataset.sort === '' ? 2 : 'aside' in cell.dataset ? 1 : 0);
  const compare = (a, b, sign) =>
    group(a) - group(b) ||
    sign * (a.dataset.sort && b.dataset.sort ? a.dataset.sort - b.dataset.sort : letters.compare(a.textContent, b.textContent));
  // How each table is sorted outlives its rows.
  const orders = new Map();

  function sort(table) {
    const { column, direction } = orders.get(table.id) ?? {};
    const heads = [...table.tHead.rows[0].cells];
    for (const head of heads) head.removeAttribute('aria-sort');
    const rows = [...table.tBodies[0].rows].sort((a, b) => a.dataset.place - b.dataset.place);
    if (direction && heads[column]) {
      heads[column].setAttribute('aria-sort', direction);
      const sign = direction === 'descending' ? -1 : 1;
      rows.sort((a, b) => compare(a.cells[column], b.cells[column], sign));
    }
    table.tBodies[0].append(...rows);
  }

  function sortable(table) {
    [...table.tBodies[0].rows].forEach((row, i) => { row.dataset.place = i; });
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.id = table.id + '-sort-' + column;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const now = orders.get(table.id);
        const before = now?.column === column ? now.direction : undefined;
        const direction = before === 'ascending' ? 'descending' : before === 'descending' ? undefined : 'ascending';
        orders.set(table.id, { column, direction });
        sort(table);
      });
    });
    sort(table);
  }

  function live(root) {
    for (const table of root.querySelectorAll('table[data-sortable]')) sortable(table);
  }

  // What was scrolled, unfolded, and what has the focus, stays.
  function put(id, markup) {
    const place = at(id);
    if (!place) return;
    const scrolled = [...place.querySelectorAll('.scroller, .plot')].map((one) => one.scrollLeft);
    const open = new Map([...place.querySelectorAll('details[id]')].map((one) => [one.id, one.open]));
    const focused = place.contains(document.activeElement) ? document.activeElement : undefined;
    const top = focused?.classList.contains('scroller');
    place.innerHTML = markup;
    live(place);
    for (const one of place.querySelectorAll('details[id]')) one.open = open.get(one.id) ?? one.open;
    [...place.querySelectorAll('.scroller, .plot')].forEach((one, i) => { one.scrollLeft = scrolled[i] ?? 0; });
    const again = focused && (focused.id ? at(focused.id) : top ? place.querySelector('.scroller') : undefined);
    again?.focus({ preventScroll: true });
  }

  const said = new Map();
  function show(fragments) {
    at('lost').hidden = true;
    for (const [id, markup] of Object.entries(fragments)) {
      if (said.get(id) === markup) continue;
      said.set(id, markup);
      if (id === 'announcement' && at(id).innerHTML === markup) continue;
      put(id, markup);
    }
  }

  // The folder is no more, or holds other runs now.
  const gone = () => location.replace('/');
  const lost = () => { at('lost').hidden = false; };

  async function poll() {
    try {
      const answer = await fetch(base + 'fragments', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
      if (answer.status === 404) return void gone();
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
    } catch { lost(); }
  }

  let events;
  let timer;
  function rest() {
    events?.close();
    events = undefined;
    clearTimeout(timer);
  }

  async function ask() {
    await poll();
    clearTimeout(timer);
    const told = events && events.readyState !== EventSource.CLOSED;
    if (!document.hidden && !told) timer = setTimeout(ask, 2000);
  }

  // Browsers open six connections to a host at most, over all tabs: only what is seen keeps one.
  function listen() {
    rest();
    if (document.hidden) return;
    if (!('EventSource' in window)) return void ask();
    events = new EventSource(base + 'events');
    events.onmessage = ({ data }) => show(JSON.parse(data));
    events.addEventListener('gone', gone);
    events.onerror = () => {
      // Refused, as many others listen already: then it is asked, again and again.
      if (events?.readyState === EventSource.CLOSED) ask();
      else lost();
    };
  }

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest?.('button[data-ask]');
    if (!button || button.disabled) return;
    button.disabled = true;
    const refused = at('refused');
    try {
      const answer = await fetch(base + button.dataset.ask, {
        method: 'POST',
        headers: { 'X-Fidsweep': '1' },
        signal: AbortSignal.timeout(5000),
      });
      refused.hidden = answer.ok;
      if (!answer.ok) refused.textContent = await answer.text();
      // What was refused changed nothing: the button is as it was. So it is where nobody heeds what was asked.
      if (answer.ok) setTimeout(() => { button.disabled = false; }, 10000);
      else button.disabled = false;
    } catch {
      refused.hidden = false;
      refused.textContent = 'The dashboard did not answer in 5 seconds: what was asked may not have been heard.';
      button.disabled = false;
    }
  });

  live(document);
  listen();
  document.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', rest);
  addEventListener('pageshow', ({ persisted }) => { if (persisted) listen(); });
})();
`;
