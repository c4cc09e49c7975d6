// What if: the model's arithmetic at an exact point and over draws, and its numbers as text. No library, no network,
// no page.
//
// Each function mirrors one of the Python package, and tests/test_whatif.py holds it against that one:
//   perPlace        briefing.model.counting.people_per_place
//   lasting         briefing.model.attrition.permanent_hazard
//   outcomes        briefing.model.outcomes.outcomes under policy hold, without phases and scheduled arrivals
//   table lookups   briefing.model.uncertainty.pert, whose quantiles the page's data hold
//   middle          briefing.model.uncertainty.quantiles
//   significant, plain, dollars, show, range    briefing.formats
//   command         briefing.scenario.Scenario.command
// A parameter that is NaN is out of its range: whatever depends on it is NaN too and prints as nothing.
globalThis.briefingWhatIf = (() => {
'use strict';

// The model ---------------------------------------------------------------------------------------------------

// Distinct people for each place in the force; no rotation is an infinite tour.
const perPlace = (tour, horizon, hazard, rule) => {
  const ratio = horizon / tour;
  if (rule === 'block') {
    return Math.max(1, Math.ceil(ratio - 1e-9 * Math.max(1, ratio))) + hazard * horizon;
  }
  const spent = hazard === 0 ? 0 : hazard * tour;
  return (spent === 0 ? ratio : horizon * hazard / -Math.expm1(-spent)) + (rule === 'staggered' ? 1 : 0);
};

const lasting = (p) => p.hazard * (1 - (1 - p.killed_share) * p.return_share);

const outcomes = (p) => {
  const distinct = p.force * perPlace(p.tour, p.horizon, lasting(p), p.count_rule);
  const arrivals = distinct + (p.count_rule === 'completed' ? p.force : 0);
  const casualties = p.force * (p.hazard * p.horizon);
  const killed = p.killed_share * casualties;
  const months = p.force * p.horizon;
  // A payment of exactly nothing does not depend on who would get it.
  const times = (rate, people) => (rate === 0 ? 0 : rate * people);
  const agreed = p.pay * months + times(p.signing, arrivals) + times(p.death_payment, killed);
  return {
    standing_end: p.force, distinct, arrivals_total: arrivals, casualties, killed, wounded: casualties - killed,
    person_months: months, pool_share: arrivals / p.pool, agreed, received: agreed * p.received_share,
    household_month: p.pay * p.kept_share,
  };
};

// The draws ---------------------------------------------------------------------------------------------------

// Fixed points, so that the same reading always gives the same numbers: the R_d sequence of Roberts (2018). Of point i
// (from 1) coordinate j is the fraction of 1/2 + i / g^j, where g^(d+1) = g + 1. Newton's steps need no power function,
// so that every machine finds the same bits.
const POINTS = 4096;

const coordinates = (count) => {
  let g = 2;
  for (let step = 0; step < 50; step += 1) {
    let power = 1;
    for (let j = 0; j < count; j += 1) power *= g;
    g -= (power * g - g - 1) / ((count + 1) * power - 1);
  }
  let step = 1;
  return Array.from({ length: count }, () => {
    step /= g;
    return Float64Array.from({ length: POINTS }, (_, i) => (0.5 + (i + 1) * step) % 1);
  });
};

const between = (table, place) => {
  const at = Math.floor(place);
  return at + 1 < table.length ? table[at] + (table[at + 1] - table[at]) * (place - at) : table[at];
};

// The median, and the 5th and 95th percentile; one number where nothing varies, and NaN where one is.
const middle = (draws) => {
  if (draws.every((value) => value === draws[0])) return { low: draws[0], median: draws[0], high: draws[0] };
  const last = draws.length - 1;
  draws.sort();
  const [low, median, high] = [0.05, 0.5, 0.95].map((level) => (Number.isNaN(draws[last]) ? NaN : between(draws, last * level)));
  return { low, median, high };
};

// Answers to what a reader sets: what is set is exact, and what has a range and is not set stays drawn.
const answers = (data) => {
  const ranged = inputsOf(data).filter((one) => one.quantiles);
  const columns = coordinates(ranged.length).map(
    (shares, j) => shares.map((share) => between(ranged[j].quantiles, share * (ranged[j].quantiles.length - 1))));
  const names = data.outputs.map((output) => output.quantity);
  const draws = names.map(() => new Float64Array(POINTS));
  return (chosen) => {
    const free = ranged.map(({ name }, j) => [name, columns[j]]).filter(([name]) => !(name in chosen));
    const point = valuesOf(data, chosen);
    const count = free.length ? POINTS : 1;
    for (let i = 0; i < count; i += 1) {
      for (const [name, column] of free) point[name] = column[i];
      const found = outcomes(point);
      for (let k = 0; k < names.length; k += 1) draws[k][i] = found[names[k]];
    }
    return Object.fromEntries(names.map((name, k) => [name, middle(draws[k].subarray(0, count))]));
  };
};

// Printing ----------------------------------------------------------------------------------------------------

// JavaScript rounds a tie up, Python to the even digit: `long` is exact, and a tie if nothing follows its five.
const even = (long, keep, short) => {
  const kept = long.slice(0, keep);
  return /^\.?50*$/.test(long.slice(keep)) && /[02468]$/.test(kept.replace('.', '')) ? kept : short;
};

const fixed = (value, places) => {
  const long = value.toFixed(60);
  return even(long, long.indexOf('.') + (places && places + 1), value.toFixed(places));
};

const significant = (value, digits) => {
  if (value === 0 || !Number.isFinite(value)) return value;
  const [long, power] = Math.abs(value).toExponential(60).split('e');
  const short = Math.abs(value).toExponential(digits - 1).split('e');
  const kept = even(long, digits > 1 ? digits + 1 : 1, '');
  return Math.sign(value) * Number(kept ? `${kept}e${power}` : short.join('e'));
};

const plain = (value, digits) => {
  const rounded = digits ? significant(value, digits) : value;
  const size = Math.abs(rounded);
  const whole = size >= 1000 || Number.isInteger(size);
  const [before, after] = fixed(size, whole ? 0 : 6).split('.');
  const decimals = (after || '').replace(/0+$/, '');
  const text = before.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals && `.${decimals}`);
  return rounded < 0 && text !== '0' ? `\u2212${text}` : text;
};

const dollars = (value, digits = 4) => {
  const size = Math.abs(value);
  const scale = [[1e12, 'trillion'], [1e9, 'billion'], [1e6, 'million']].find(([from]) => significant(size, digits) >= from);
  const amount = scale ? plain(size / scale[0], digits) : plain(size, digits);
  return `${value < 0 && amount !== '0' ? '\u2212' : ''}$${amount}${scale ? `\u00a0${scale[1]}` : ''}`;
};

const show = (value, unit, digits) => {
  if (Number.isNaN(value)) return '';
  if (unit.startsWith('usd')) return dollars(value, digits || 4);
  return plain(value, digits) + (unit === 'percent' ? '%' : '');
};

const range = (low, high, unit, digits) => {
  const [first, last] = [show(low, unit, digits), show(high, unit, digits)];
  if (first === last) return first;
  const [, scale] = /\u00a0([a-z]+)$/.exec(last) || [];
  const same = scale && first.endsWith(scale);
  return `${same ? first.slice(0, -scale.length - 1) : first} to ${last}`;
};

// As `median a month (low to high)`: the range only where it says more.
const told = (text, ends, words) => `${text} ${words}`.trim() + (ends && ends !== text ? ` (${ends})` : '');

const printed = (output, { low, median, high }) => {
  const [one, two] = [low, high].map((end) => end * output.factor);
  const text = show(median * output.factor, output.unit, output.digits);
  return text && told(text, range(one, two, output.unit, output.digits), output.words);
};

// Values as text: in a field, an address, a command -----------------------------------------------------------

const NONE = 'none';

const read = (parameter, text) => {
  const given = text.trim();
  if (parameter.options) return parameter.options.includes(given) ? given : NaN;
  if (parameter.without && given.toLowerCase() === NONE) return Infinity;
  const bare = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(given) ? given.replaceAll(',', '') : given;
  const value = /^(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : NaN;
  return value >= parameter.low && value <= parameter.high ? value : NaN;
};

const written = (value) => {
  if (value === Infinity) return NONE;
  const [digits, power] = String(value).split('e-');
  return power ? `0.${'0'.repeat(power - 1)}${digits.replace('.', '')}` : digits;
};

const allowed = (parameter) => `allowed: ${parameter.options ? parameter.options.join(', ') : parameter.allowed}${parameter.without ? ', or none' : ''}`;

const parametersOf = (data) => data.groups.flatMap((group) => group.parameters);
const inputsOf = (data) => [...parametersOf(data), ...data.held];
const startOf = (parameter) => (parameter.start === NONE ? Infinity : parameter.start);

// One value of each input: as set, or exact in the scenario, or most likely.
const valuesOf = (data, chosen) => ({ ...Object.fromEntries(inputsOf(data).map((one) => [one.name, startOf(one)])), ...chosen });

// What was set and makes a difference: what has a range becomes exact, even at its most likely value.
const changed = (data, chosen) => parametersOf(data).filter(
  (one) => one.name in chosen && (one.quantiles || chosen[one.name] !== startOf(one)));

const command = (data, chosen) => {
  const settings = { ...data.settings };
  for (const { name } of changed(data, chosen)) settings[name] = `${name}=${written(chosen[name])}`;
  return [data.command, ...Object.keys(settings).sort().map((name) => `--set ${settings[name]}`)].join(' ');
};

const address = (data, chosen) => {
  const pairs = changed(data, chosen).map(({ name }) => `${name}=${written(chosen[name])}`);
  return `#what-if${pairs.length ? '?' : ''}${pairs.join('&')}`;
};

const readAddress = (data, hash) => {
  const known = parametersOf(data);
  const chosen = {};
  const problems = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#what-if\??/, ''))) {
    const parameter = known.find((one) => one.name === name);
    const value = parameter ? read(parameter, text) : NaN;
    if (Number.isNaN(value)) problems.push(`${name}=${text} (${parameter ? allowed(parameter) : 'no such slider'})`);
    else chosen[name] = value;
  }
  return { chosen, problems };
};

return Object.freeze({
  perPlace, lasting, outcomes, answers, significant, plain, dollars, show, range, told, printed, read, written, allowed, startOf, valuesOf, command, address, readAddress,
});
})();
