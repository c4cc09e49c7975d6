/* What the page can do beyond being read: without this script all of it is still there, as text, tables and links. */
(function () {
  'use strict';

  const page = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const main = byId('text');
  if (!main) return;
  page.classList.add('js');

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const target = (hash) => byId(decodeURIComponent(hash.slice(1)));
  const textOf = (element) => element.textContent.replace(/\s+/g, ' ').trim();

  /* Light and dark: as the reader's system says, until the button says otherwise. */
  function addThemeButton() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (page.dataset.theme ? page.dataset.theme === 'dark' : dark.matches);
    const button = make('button', {type: 'button', class: 'theme', 'aria-label': 'Dark mode'});
    const show = () => button.setAttribute('aria-pressed', String(isDark()));
    button.addEventListener('click', () => {
      page.dataset.theme = isDark() ? 'light' : 'dark';
      show();
    });
    dark.addEventListener('change', show);
    show();
    document.querySelector('.masthead').append(button);
  }

  /* Every heading gets a link to itself. */
  function addAnchors() {
    for (const heading of main.querySelectorAll('h1, h2, h3, h4')) {
      const section = heading.id ? heading : heading.closest('section[id]');
      if (!section || heading.closest('nav')) continue;
      const name = 'Link to this section: ' + textOf(heading);
      heading.append(make('a', {class: 'anchor', href: '#' + section.id, 'aria-label': name}));
    }
  }

  /* The contents mark the section that is being read; on a narrow screen they fold into one line. */
  function followReader() {
    const contents = byId('TOC');
    const details = contents && contents.querySelector('details');
    if (!details) return;
    const links = [...contents.querySelectorAll('a[href^="#"]')].filter((link) => target(link.hash));
    const here = details.querySelector('.here');
    const wide = matchMedia('(min-width: 64rem)');
    let current = null;
    let waiting = false;

    function mark() {
      waiting = false;
      const line = Math.min(innerHeight / 4, 120);
      const ended = innerHeight + scrollY >= page.scrollHeight - 2;
      let found = null;
      for (const link of links) {
        if (ended || target(link.hash).getBoundingClientRect().top <= line) found = link;
      }
      if (found === current) return;
      if (current) current.removeAttribute('aria-current');
      current = found;
      here.textContent = found ? textOf(found) : '';
      if (!found) return;
      found.setAttribute('aria-current', 'location');
      const [top, bottom] = [found.offsetTop - 40, found.offsetTop + 40 - contents.clientHeight];
      if (contents.scrollTop > top) contents.scrollTop = top;
      if (contents.scrollTop < bottom) contents.scrollTop = bottom;
    }

    const fold = () => { details.open = wide.matches; };
    const later = () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } };
    addEventListener('scroll', later, {passive: true});
    addEventListener('resize', later);
    wide.addEventListener('change', fold);
    contents.addEventListener('click', (event) => {
      if (event.target.closest('a') && !wide.matches) details.open = false;
    });
    contents.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || wide.matches || !details.open) return;
      details.open = false;
      details.querySelector('summary').focus();
    });
    fold();
    mark();
  }

  /* A region that has nothing to scroll is no stop for the keyboard; one that has says so. */
  function watchScrollers() {
    const observer = new ResizeObserver((entries) => entries.forEach(({target: inner}) => judge(inner.closest('.scroll'))));
    function judge(region) {
      const scrolls = region.scrollWidth > region.clientWidth + 1;
      region.classList.toggle('scrolls', scrolls);
      if (scrolls) {
        region.tabIndex = 0;
        region.setAttribute('role', 'region');
      } else {
        region.removeAttribute('tabindex');
        region.setAttribute('role', 'group');
      }
    }
    for (const region of main.querySelectorAll('.scroll')) {
      const hint = make('p', {class: 'scroll-hint', 'aria-hidden': 'true'}, 'Scroll sideways \u2192');
      region.before(hint);
      region.addEventListener('scroll', () => region.classList.toggle('scrolled', region.scrollLeft > 8), {passive: true});
      judge(region);
      observer.observe(region);
      for (const inner of region.children) observer.observe(inner);
    }
  }

  /* Numbers: hover, focus, click or tap shows the chain. What it says stands in the trace and in the table of claims. */
  const MOST_CLAIMS = 5;

  function claimItem(link) {
    const anchor = target(link.hash);
    const row = anchor && anchor.closest('tr');
    if (!row) return null;
    const [, , says, reported, grade, source] = row.cells;
    const code = make('b', {class: 'grade'}, textOf(grade).split(':')[0]);
    const about = make('span', {class: 'about'}, textOf(grade).split(':').slice(1).join(':').trim(), ', reported ', make('span', {class: 'day'}, textOf(reported)), ', ');
    const read = source.querySelector('a');
    about.append(read ? make('a', {href: read.href, rel: 'noreferrer'}, textOf(read)) : textOf(source), ', ');
    about.append(make('a', {href: link.hash}, 'row ' + textOf(anchor)));
    return make('li', {}, code, ' ', textOf(says), ' ', about);
  }

  function chainOf(number) {
    const anchor = target(number.hash);
    const row = anchor && anchor.closest('tr');
    if (!row) return null;
    const [, formula, kind, rests] = row.cells;
    const links = [...rests.querySelectorAll('a')];
    const items = links.slice(0, MOST_CLAIMS).map(claimItem).filter(Boolean);
    const box = make('div', {class: 'chain', role: 'dialog', tabindex: '-1', 'aria-label': 'Where ' + textOf(number) + ' comes from'});
    const closer = make('button', {type: 'button', class: 'close', 'aria-label': 'Close'});
    closer.addEventListener('click', () => close(true));
    box.append(
      closer,
      make('p', {class: 'value'}, textOf(anchor)),
      make('p', {}, make('span', {class: 'kind kind-' + textOf(kind)}, textOf(kind)), ' ', textOf(formula), '.'),
    );
    if (items.length) box.append(make('ul', {}, ...items));
    const more = links.length - items.length;
    if (more > 0) box.append(make('p', {class: 'more'}, 'and ' + more + ' more ' + (more === 1 ? 'row' : 'rows') + ' of the ledger'));
    if (!links.length) box.append(make('p', {class: 'more'}, 'Rests on no claim.'));
    box.append(make('p', {class: 'onward'}, make('a', {href: number.hash}, 'Its row in the chain of every number')));
    return box;
  }

  const open = {number: null, box: null, height: 0, pinned: false, quiet: false, timer: 0};

  function close(back) {
    clearTimeout(open.timer);
    const {number, box} = open;
    if (!box) return;
    const inside = box.contains(document.activeElement);
    open.number = open.box = null;
    open.pinned = false;
    number.setAttribute('aria-expanded', 'false');
    if (back || inside) {
      open.quiet = true;
      number.focus({preventScroll: true});
      open.quiet = false;
    }
    box.remove();
  }

  function place() {
    const {number, box} = open;
    if (!box) return;
    if (innerWidth < 480) return;
    const at = number.getClientRects()[0] || number.getBoundingClientRect();
    const gap = 6;
    box.style.left = Math.max(12, Math.min(at.left - 12, page.clientWidth - box.offsetWidth - 12)) + 'px';
    const last = [...number.getClientRects()].pop() || at;
    /* Where it has room, else where it has most of it, and then it scrolls inside itself. */
    const [over, under] = [at.top - gap - 12, innerHeight - last.bottom - gap - 12];
    const below = open.height <= under || under >= over;
    const room = Math.max(below ? under : over, 100);
    box.style.maxHeight = open.height > room ? room + 'px' : '';
    box.style.top = (below ? last.bottom + gap : at.top - gap - box.offsetHeight) + 'px';
  }

  function show(number, pinned) {
    clearTimeout(open.timer);
    if (open.number !== number) {
      close(false);
      const box = chainOf(number);
      if (!box) return;
      open.number = number;
      open.box = box;
      number.after(box);
      open.height = box.offsetHeight;
      number.setAttribute('aria-expanded', 'true');
      place();
    }
    open.pinned = open.pinned || pinned;
    open.box.classList.toggle('pinned', open.pinned);
  }

  function showChains() {
    const numberAt = (node) => node.closest && node.closest('a.num');
    const within = (node) => open.box && node && (open.box.contains(node) || open.number.contains(node));
    for (const number of document.querySelectorAll('a.num')) {
      number.setAttribute('aria-haspopup', 'dialog');
      number.setAttribute('aria-expanded', 'false');
    }
    document.addEventListener('pointerover', (event) => {
      if (event.pointerType === 'touch') return;
      const number = numberAt(event.target);
      if (number && !open.pinned) {
        clearTimeout(open.timer);
        if (number !== open.number) open.timer = setTimeout(() => show(number, false), 140);
      } else if (within(event.target)) {
        clearTimeout(open.timer);
      } else if (open.box && !open.pinned && !within(document.activeElement)) {
        clearTimeout(open.timer);
        open.timer = setTimeout(() => close(false), 300);
      } else if (!open.box) {
        clearTimeout(open.timer);
      }
    });
    document.addEventListener('focusin', (event) => {
      const number = numberAt(event.target);
      if (number && !open.quiet && number.matches(':focus-visible')) show(number, false);
      else if (open.box && !within(event.target)) close(false);
    });
    document.addEventListener('pointerdown', (event) => {
      if (open.box && !within(event.target)) close(false);
    });
    document.addEventListener('click', (event) => {
      const number = numberAt(event.target);
      if (number && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)) {
        const again = open.number === number && open.pinned;
        if (again) close(true);
        else show(number, true);
        if (open.box) {
          event.preventDefault();
          open.box.focus({preventScroll: true});
        } else if (again) {
          event.preventDefault();
        }
      } else if (open.box && event.target.closest && event.target.closest('.chain a[href^="#"]')) {
        open.number.setAttribute('aria-expanded', 'false');
        const {box} = open;
        open.number = open.box = null;
        open.pinned = false;
        box.remove();
      }
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && open.box) close(within(document.activeElement));
    });
    addEventListener('scroll', place, {passive: true, capture: true});
    addEventListener('resize', place);
  }

  /* Tables of many rows: sorted by a column's button, narrowed by words. */
  const order = new Intl.Collator('en', {numeric: true, sensitivity: 'base'});

  /* A number is sorted by its amount among those of its unit, words as words. */
  function keyOf(cell) {
    const number = cell.querySelector('[data-amount]');
    return number ? {words: number.dataset.unit, amount: Number(number.dataset.amount)} : {words: textOf(cell), amount: 0};
  }

  const compare = (a, b) => order.compare(a.words, b.words) || a.amount - b.amount;

  function addSorting(table) {
    const body = table.tBodies[0];
    const first = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make('button', {type: 'button', class: 'sort'}, ...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const next = {none: 'ascending', ascending: 'descending', descending: 'none'}[head.getAttribute('aria-sort') || 'none'];
        heads.forEach((other) => other.removeAttribute('aria-sort'));
        const key = new Map(first.map((row) => [row, keyOf(row.cells[column])]));
        const rows = next === 'none' ? first : [...first].sort((a, b) => compare(key.get(a), key.get(b)));
        if (next === 'descending') rows.reverse();
        if (next !== 'none') head.setAttribute('aria-sort', next);
        body.append(...rows);
      });
    });
  }

  function addFilter(table, name, what) {
    const rows = [...table.tBodies[0].rows];
    const id = name + '-filter';
    const input = make('input', {type: 'search', id, autocomplete: 'off', spellcheck: 'false'});
    const count = make('span', {role: 'status', class: 'count'});
    const said = new Map(rows.map((row) => [row, textOf(row).toLocaleLowerCase('en')]));
    function narrow() {
      const words = input.value.toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => said.get(row).includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = shown + ' of ' + rows.length + ' rows';
    }
    input.addEventListener('input', narrow);
    narrow();
    const bar = make('div', {class: 'filter'}, make('label', {for: id}, 'Filter ' + what), input, count);
    const region = table.closest('.scroll') || table;
    region.before(bar);
    return () => { input.value = ''; narrow(); };
  }

  function addTableTools() {
    const cleared = new Map();
    for (const [name, what] of [['tbl-sources', 'the claims'], ['tbl-trace', 'the numbers']]) {
      const place = byId(name);
      const table = place && (place.matches('table') ? place : place.querySelector('table'));
      if (!table || !table.tHead || !table.tBodies.length) continue;
      addSorting(table);
      cleared.set(table, addFilter(table, name, what));
    }
    /* A link to a row that the filter hides shows the row again. */
    function reveal() {
      const wanted = location.hash.length > 1 && target(location.hash);
      const row = wanted && wanted.closest('tr');
      if (!row || !row.hidden) return;
      cleared.get(row.closest('table'))();
      row.scrollIntoView({block: 'center'});
    }
    addEventListener('hashchange', reveal);
    document.addEventListener('click', (event) => {
      const link = event.target.closest && event.target.closest('a[href^="#"]');
      const wanted = link && target(link.hash);
      const row = wanted && wanted.closest('tr');
      if (row && row.hidden) cleared.get(row.closest('table'))();
    });
  }

  /* A figure with parts: one at a time, by a slider. Paper and pages without script show all of them beside each other. */
  function addSliders() {
    for (const drawing of main.querySelectorAll('.drawing')) {
      const steps = [...drawing.querySelectorAll('.step')];
      if (steps.length < 2) continue;
      const figure = drawing.closest('figure') || drawing;
      const id = (figure.id || (drawing.closest('[id]') || {}).id || 'figure') + '-step';
      const slider = make('input', {type: 'range', id, min: 0, max: steps.length - 1, step: 1, value: steps.length - 1});
      const said = make('output', {for: id});
      const ticks = make('div', {class: 'ticks', 'aria-hidden': 'true'}, ...steps.map(() => make('i')));
      const ends = [steps[0], steps[steps.length - 1]].map((one) => make('span', {}, one.dataset.label));
      const under = make('div', {class: 'ends', 'aria-hidden': 'true'}, ...ends);
      function step() {
        const {label, said: told} = steps[slider.valueAsNumber].dataset;
        steps.forEach((one, number) => { one.hidden = number !== slider.valueAsNumber; });
        said.replaceChildren(label, make('span', {class: 'quiet'}, ' \u00b7 ' + told));
        slider.setAttribute('aria-valuetext', 'Known on ' + label + ', ' + told);
      }
      slider.addEventListener('input', step);
      drawing.before(make('div', {class: 'slider'}, make('label', {for: id}, 'Known on'), said, make('div', {class: 'track'}, slider, ticks, under)));
      drawing.classList.add('stepped');
      step();
    }
  }

  addThemeButton();
  addAnchors();
  addTableTools();
  addSliders();
  watchScrollers();
  showChains();
  followReader();
})();
