// What if: sliders, and numbers and a map that follow them. The arithmetic and the printing are whatif-model.js.
(() => {
'use strict';

const { perPlace, lasting, answers, plain, told, printed, read, written, allowed, startOf, valuesOf, command, address, readAddress } = globalThis.briefingWhatIf;
const panel = document.getElementById('what-if');
const source = document.getElementById('what-if-data');
if (!source) return;
const data = JSON.parse(source.textContent);
const named = Object.fromEntries(data.groups.flatMap((group) => group.parameters).map((one) => [one.name, one]));
const NONE = 'No answer: a value is outside its allowed range.';
const controls = {};
const answer = answers(data);
let chosen = {};

const make = (space) => (tag, attributes, ...children) => {
  const made = document.createElementNS(space, tag);
  for (const name of Object.keys(attributes)) made.setAttribute(name, attributes[name]);
  made.append(...children);
  return made;
};
const el = make('http://www.w3.org/1999/xhtml');
const svg = make('http://www.w3.org/2000/svg');

const spoken = (one, value) => (value === Infinity ? one.without : `${plain(value)} ${one.unit}`.trim());
const set = (name, value) => {
  chosen = { ...chosen, [name]: value };
  render(name);
};
const unset = (name) => {
  const { [name]: _, ...rest } = chosen;
  chosen = rest;
  render();
};

// Sliders -----------------------------------------------------------------------------------------------------

// The values at which a slider stops: round ones, the scenario's own, and no rotation beyond the longest tour.
const stopsOf = (one) => {
  const stops = new Set([one.low, one.high, startOf(one)]);
  let value = one.low;
  for (const [end, step] of one.steps) {
    while (value < end - step / 2) {
      value = Number((Math.floor(value / step + 1 + 1e-9) * step).toFixed(6));
      stops.add(Math.min(value, one.high));
    }
  }
  if (one.without) stops.add(Infinity);
  return [...stops].sort((a, b) => (a < b ? -1 : 1));
};

const nearest = (stops, value) => stops.reduce(
  (best, stop, i) => (stop === value || Math.abs(stop - value) < Math.abs(stops[best] - value) ? i : best), 0);

function control(one) {
  const id = `what-if-${one.name}`;
  const start = startOf(one);
  const unit = el('span', { class: 'unit' }, one.unit);
  const label = el('label', { for: id, id: `${id}-label`, title: one.meaning }, `${one.label} `, unit);
  const field = one.options
    ? el('select', { id }, ...one.options.map((name) => el('option', {}, name)))
    : el('input', { id, type: 'text', inputmode: 'decimal', autocomplete: 'off', 'aria-describedby': `${id}-said` });
  field.addEventListener('input', () => set(one.name, read(one, field.value)));
  const span = one.band ? one.band.map((end) => plain(end)).join(' to ') : '';
  const drawn = span && `drawn from ${span} ${one.unit}`;
  const back = span ? 'its range' : one.options ? start : spoken(one, start);
  const reset = el('button', { type: 'button', 'aria-label': `Reset ${one.label.toLowerCase()} to ${back}` }, 'reset');
  reset.addEventListener('click', () => { unset(one.name); field.focus(); });
  const row = el('div', { class: 'control' }, label, field, reset);
  if (one.options) {
    controls[one.name] = (value) => { field.value = value; reset.hidden = value === start; };
    return row;
  }
  field.addEventListener('change', () => render());
  const stops = stopsOf(one);
  const slider = el('input', { type: 'range', min: 0, max: stops.length - 1, 'aria-labelledby': `${id}-label` });
  slider.addEventListener('input', () => set(one.name, stops[slider.value]));
  const track = el('div', { class: 'track' }, slider);
  const ends = one.band || [start, start];
  for (const [name, value] of [['low', ends[0]], ['high', ends[1]], ['start', start]]) {
    track.style.setProperty(`--${name}`, nearest(stops, value) / (stops.length - 1));
  }
  const said = el('p', { class: 'said', id: `${id}-said` });
  row.append(track, said);
  const never = el('input', { type: 'checkbox' });
  let last = one.high;
  never.addEventListener('change', () => set(one.name, never.checked ? Infinity : last));
  if (one.without) row.append(el('label', { class: 'never' }, never, one.without));
  controls[one.name] = (value, typed) => {
    const bad = Number.isNaN(value);
    if (!bad && !(typed && document.activeElement === field)) field.value = written(value);
    if (!bad) slider.value = nearest(stops, value);
    if (Number.isFinite(value)) last = value;
    const free = span !== '' && !(one.name in chosen);
    row.classList.toggle('free', free);
    unit.textContent = free ? `${one.unit}, ${span}` : one.unit;
    slider.setAttribute('aria-valuetext', bad ? 'no value' : free ? drawn : spoken(one, value));
    field.setAttribute('aria-invalid', bad);
    said.textContent = bad ? allowed(one) : '';
    never.checked = value === Infinity;
    reset.hidden = span ? free : value === start;
  };
  return row;
}

// The map -----------------------------------------------------------------------------------------------------

const X0 = 34, Y0 = 34, W = 266, H = 228, X1 = X0 + W, Y1 = Y0 + H;
const map = svg('svg', { viewBox: '0 0 360 296', role: 'img', class: 'map' });
const upTo = (value, most, parts) => most / parts * Math.max(1, Math.ceil(value / most * parts));

// The contours hold for exact inputs; the point stands at what was set, else at what is most likely.
const MAPPED = ['force', 'tour', 'hazard', 'killed_share', 'return_share'];

function drawMap(values) {
  const { box, levels, claimed } = data.map;
  const { force, tour } = named;
  const people = values.force * perPlace(values.tour, values.horizon, lasting(values), values.count_rule);
  const known = !Number.isNaN(people);
  const likely = MAPPED.some((name) => named[name].quantiles && !(name in chosen));
  const words = ['force', 'tour'].some((name) => name in chosen) ? 'your inputs' : likely ? 'most likely inputs' : 'the scenario';
  const right = upTo(Math.max(...[values.tour, startOf(tour)].filter(Number.isFinite), 1), tour.high, 3);
  const top = upTo(Math.max(values.force || 0, force.start), force.high, 4);
  const x = (months) => X0 + W * Math.min(months / right, 1);
  const y = (people) => Y1 - H * people / top;
  const text = (at, up, words, anchor = 'start', kind = '') => svg('text', { x: at, y: up, 'text-anchor': anchor, class: kind }, words);
  const lines = svg('svg', { x: X0, y: Y0, width: W, height: H, viewBox: `${X0} ${Y0} ${W} ${H}` });
  const parts = [text(0, 12, 'Force, thousand'), text(X1, Y1 + 31, 'Tour, months', 'end'), text(360, 12, 'Distinct people', 'end', 'level'), lines];
  for (let i = 0; i <= 6; i += 1) parts.push(text(x(right * i / 6), Y1 + 15, plain(right * i / 6), 'middle'));
  for (let i = 0; i <= 5; i += 1) {
    const up = y(top * i / 5);
    lines.append(svg('line', { x1: X0, x2: X1, y1: up, y2: up, class: 'grid' }));
    parts.push(text(X0 - 6, up + 4, plain(top * i / 5000), 'end'));
  }
  let [beside, above] = [Infinity, Infinity];
  for (const level of known ? levels : []) {
    // The force that becomes so many people, tour by tour.
    const course = Array.from({ length: W }, (_, i) => {
      // Between two pixels, so that no swap of blocks falls on the edge of the map.
      const at = i + 0.5;
      return [X0 + at, Math.max(-999, y(level / perPlace(right * at / W, values.horizon, lasting(values), values.count_rule)))];
    });
    const line = course.map(([at, up]) => `${at},${up.toFixed(1)}`).join('L');
    lines.append(svg('path', { class: 'above', d: `M${X0},${Y1}L${line}V-999H${X0}Z` }), svg('path', { class: `contour${level === claimed ? ' claimed' : ''}`, d: `M${line}` }));
    const inside = course.filter(([, up]) => up >= Y0);
    if (inside.length === course.length) {
      beside = Math.min(beside - 12, course.pop()[1] + 4);
      parts.push(text(X1 + 5, beside, plain(level), 'start', 'level'));
    } else if (inside.length) {
      above = Math.min(above - 50, inside.pop()[0]);
      if (above > X0) parts.push(text(above, Y0 - 5, plain(level), 'middle', 'level'));
    }
  }
  let taken = Infinity;
  if (box) {
    const [x0, x1, y0, y1] = [x(box.tour[0]), x(box.tour[1]), y(box.force[1]), y(box.force[0])];
    lines.append(svg('rect', { class: 'box', x: x0, y: y0, width: x1 - x0, height: y1 - y0 }));
    parts.push(text(x1 + 5, y0 + 4, 'Ambassador\u2019s inputs', 'start', 'box-name halo'));
    taken = y0;
  }
  if (known) {
    const [at, up] = [x(values.tour), y(values.force)];
    const left = at > X1 - 90;
    const under = up < Y0 + 14 || Math.abs(up - 11 - taken) < 14;
    const name = words + (values.tour === Infinity ? `, ${tour.without} \u2192` : '');
    parts.push(svg('circle', { class: 'scenario', cx: x(startOf(tour)), cy: y(force.start), r: 5 }), svg('circle', { class: 'point', cx: at, cy: up, r: 5.5 }),
      text(at + (left ? -9 : 9), up + (under ? 17 : -7), name, left ? 'end' : 'start', 'point-name halo'));
  }
  map.replaceChildren(...parts);
  const below = levels.filter((level) => level <= people).pop();
  map.setAttribute('aria-label', known
    ? `Map of distinct people by tour, 0 to ${plain(right)} months, and force, 0 to ${plain(top)} persons, over ${plain(values.horizon)} months, counted ${values.count_rule}. `
      + `The point, ${words}, ${spoken(force, values.force)} and ${values.tour < Infinity ? 'a tour of ' : ''}${spoken(tour, values.tour)}, lies `
      + `${below ? `on or above the contour of ${plain(below)}` : `below the lowest contour, ${plain(levels[0])}`}.`
      + (box ? ` The ambassador\u2019s inputs: ${box.force.map((end) => plain(end)).join(' to ')} persons, ${box.tour.join(' to ')} months.` : '')
    : NONE);
}

// The numbers, the address and the command --------------------------------------------------------------------

// What the document prints of the scenario, where the page has it; an answer that a setting leaves as it was stays so.
const before = answer({});
const ENDS = ['low', 'median', 'high'];
const recorded = (output) => (output.text ? told(output.text, output.range, output.words) : printed(output, before[output.quantity]));
const shown = (output, result) => {
  const [now, then] = [result[output.quantity], before[output.quantity]];
  return ENDS.every((end) => now[end] === then[end]) ? recorded(output) : printed(output, now);
};
const rows = data.outputs.map((output) => {
  const value = el('span', { class: 'value', 'data-key': output.key });
  const was = el('span', { class: 'was' });
  return { output, value, was, row: el('div', {}, el('dt', {}, output.label), el('dd', {}, value, was)) };
});
const summary = el('p', { class: 'unseen', 'aria-live': 'polite' });
const problems = el('p', { class: 'said', role: 'status' });
const kind = el('p', { class: 'kind' });
const code = el('code', {});
const link = el('input', { type: 'text', readonly: '', 'aria-label': 'Link to this reading' });
const note = el('span', { class: 'copied', role: 'status' });
const button = (words, press) => {
  const made = el('button', { type: 'button' }, words);
  made.addEventListener('click', press);
  return made;
};

// On a page opened from a file the clipboard may be closed: then the text is selected for the reader's own copy.
const copier = (words, text, select) => button(words, async () => {
  try {
    await navigator.clipboard.writeText(text());
    note.textContent = 'Copied.';
  } catch {
    select(text());
    note.textContent = 'Selected: copy it.';
  }
});
const copyCommand = copier('Copy command', () => code.textContent, () => getSelection().selectAllChildren(code));
const copyLink = copier('Copy link', () => location.href.replace(/#.*$/, '') + address(data, chosen), (text) => {
  link.hidden = false;
  link.value = text;
  link.select();
});

let timer = 0;
let started = false;
function settle(result, valid) {
  summary.textContent = valid ? rows.map(({ output }) => `${output.label}: ${shown(output, result)}`).join('; ') : NONE;
  // An address is a convenience: a browser that forbids it, or is asked too often, keeps the panel.
  try { if (valid) history.replaceState(null, '', address(data, chosen)); } catch { /* Nothing to tell. */ }
}

function render(typed) {
  const result = answer(chosen);
  const values = valuesOf(data, chosen);
  const valid = !Object.values(chosen).some(Number.isNaN);
  for (const name of Object.keys(controls)) controls[name](values[name], typed === name);
  for (const { output, row, value, was } of rows) {
    const text = shown(output, result);
    const exceeded = output.quantity === 'pool_share' && result.pool_share.median > 1;
    value.textContent = exceeded ? `${text}: exceeded` : text;
    was.textContent = text && text !== recorded(output) ? `scenario ${recorded(output)}` : '';
    row.classList.toggle('exceeded', exceeded);
  }
  const varies = Object.values(result).some(({ low, high }) => low !== high);
  kind.textContent = !valid ? NONE : varies ? 'Assumed: the median, and the range of 90 percent' : 'Assumed, exact';
  drawMap(values);
  code.textContent = valid ? command(data, chosen) : NONE;
  copyLink.disabled = copyCommand.disabled = !valid;
  note.textContent = '';
  link.hidden = true;
  clearTimeout(timer);
  if (started) timer = setTimeout(settle, 400, result, valid);
}

const toPanel = () => panel.scrollIntoView({ behavior: 'instant' });

function restore() {
  if (!/^#what-if(\?|$)/.test(location.hash)) return;
  const found = readAddress(data, location.hash);
  chosen = found.chosen;
  problems.textContent = found.problems.length ? `Not used from the link, the scenario\u2019s value stands instead: ${found.problems.join('; ')}` : '';
  render();
  toPanel();
}

const resetAll = button('Reset all', () => {
  chosen = {};
  problems.textContent = '';
  render();
});
panel.replaceChildren(
  problems,
  el('div', { class: 'controls' }, ...data.groups.map((group) => el('fieldset', {}, el('legend', {}, group.title), ...group.parameters.map(control))),
    el('p', { class: 'key' }, 'Bar: the scenario\u2019s range, drawn until you set a value. Tick: its most likely value.', resetAll)),
  el('div', { class: 'results' },
    el('div', { class: 'numbers' }, kind, el('dl', {}, ...rows.map(({ row }) => row))),
    el('div', { class: 'drawn' }, map, el('p', { class: 'kind' }, `Lines: people, if every input were exact. Filled: what you set, else the most likely. Open: the scenario\u2019s most likely.${data.map.claimed ? ` Thick: the claimed ${plain(data.map.claimed)}.` : ''}`))),
  el('div', { class: 'pass-on' }, el('p', {}, 'The full briefing of this point'), code, el('div', {}, copyCommand, copyLink, note), link),
  summary,
);
panel.classList.add('ready');
render();
restore();
// What is still to load may move the panel.
if (location.hash.startsWith('#what-if')) addEventListener('load', toPanel);
started = true;
addEventListener('hashchange', restore);
})();
