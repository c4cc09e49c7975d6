// What if: the model's arithmetic at one exact point, and its numbers as text. No library, no network, no page.
//
// Each function mirrors one of the Python package, and tests/test_whatif.py holds it against that one:
//   perPlace        briefing.model.counting.people_per_place
//   lasting         briefing.model.attrition.permanent_hazard
//   outcomes        briefing.model.outcomes.outcomes under policy hold, without phases and scheduled arrivals
//   significant, plain, dollars, show    briefing.formats
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
const startOf = (parameter) => (parameter.start === NONE ? Infinity : parameter.start);
const changed = (data, values) => parametersOf(data).filter((one) => values[one.name] !== startOf(one));

const command = (data, values) => {
  const settings = { ...data.settings };
  for (const { name } of changed(data, values)) settings[name] = `${name}=${written(values[name])}`;
  return [data.command, ...Object.keys(settings).sort().map((name) => `--set ${settings[name]}`)].join(' ');
};

const address = (data, values) => {
  const pairs = changed(data, values).map(({ name }) => `${name}=${written(values[name])}`);
  return `#what-if${pairs.length ? '?' : ''}${pairs.join('&')}`;
};

const readAddress = (data, hash) => {
  const known = parametersOf(data);
  const values = Object.fromEntries(known.map((one) => [one.name, startOf(one)]));
  const problems = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#what-if\??/, ''))) {
    const parameter = known.find((one) => one.name === name);
    const value = parameter ? read(parameter, text) : NaN;
    if (Number.isNaN(value)) problems.push(`${name}=${text} (${parameter ? allowed(parameter) : 'no such slider'})`);
    else values[name] = value;
  }
  return { values, problems };
};

return Object.freeze({
  perPlace, lasting, outcomes, significant, plain, dollars, show, read, written, allowed, startOf, changed, command, address, readAddress,
});
})();
