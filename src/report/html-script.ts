/**
 * The only script of a report: the theme, and tables that are sorted. Without it all is there to be read; there is no button
 * that does nothing. `SCRIPT_SHA256` is of these very bytes (base64), for the page's policy; a test compares them.
 */
export const SCRIPT = `
(() => {
  'use strict';
  const root = document.documentElement;
  const KEY = 'fidsweep-theme';
  const ours = (theme) => theme === 'light' || theme === 'dark';
  // Storage is forbidden in some places: then the choice lasts as long as the page.
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* see above */ } };
  if (ours(kept())) root.dataset.theme = kept();

  function themes() {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const dark = () => (ours(root.dataset.theme) ? root.dataset.theme === 'dark' : system.matches);
    const button = document.querySelector('button.theme');
    const name = () => { button.textContent = dark() ? 'Light theme' : 'Dark theme'; };
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      keep(root.dataset.theme);
      name();
    });
    system.addEventListener('change', name);
    name();
    button.hidden = false;
  }

  // Paper is light, and shows what is folded away.
  function paper() {
    let chosen, closed = [];
    addEventListener('beforeprint', () => {
      chosen = root.dataset.theme;
      root.dataset.theme = 'light';
      closed = [...document.querySelectorAll('details:not([open])')];
      for (const one of closed) one.open = true;
    });
    addEventListener('afterprint', () => {
      if (chosen) root.dataset.theme = chosen; else delete root.dataset.theme;
      for (const one of closed) one.open = false;
    });
  }

  const letters = new Intl.Collator(undefined, { numeric: true });
  // Of other images: behind the others. Missing: last. Both in any direction.
  const group = (cell) => (cell.dataset.sort === '' ? 2 : 'aside' in cell.dataset ? 1 : 0);
  const compare = (a, b, sign) =>
    group(a) - group(b) ||
    sign * (a.dataset.sort && b.dataset.sort ? a.dataset.sort - b.dataset.sort : letters.compare(a.textContent, b.textContent));

  function sortable(table, live) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const text = head.textContent;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const before = head.getAttribute('aria-sort');
        const next = before === 'ascending' ? 'descending' : before === 'descending' ? undefined : 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        if (next) head.setAttribute('aria-sort', next);
        const sign = next === 'descending' ? -1 : 1;
        const rows = next ? [...original].sort((a, b) => compare(a.cells[column], b.cells[column], sign)) : original;
        body.append(...rows);
        live.textContent = table.caption.textContent + (next ? ': sorted by ' + text + ', ' + next : ': in its first order');
      });
    });
  }

  addEventListener('DOMContentLoaded', () => {
    themes();
    paper();
    const live = document.getElementById('live');
    for (const table of document.querySelectorAll('table[data-sortable]')) sortable(table, live);
  });
})();
`;

export const SCRIPT_SHA256 = '5mSDPhD1sabLJ3N409SJy3BOnVijYFWJzC38R7vp34g=';
