// The clerk's page, over the API. What people typed is set as text, never as HTML.
const $ = id => document.getElementById(id);

/** An element with children, which are elements or text. */
function h(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.flat().filter(each => each !== null && each !== ''));
  return element;
}

async function call(path, body, key) {
  const answer = await fetch('/api/' + path, body && { method: 'POST', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...(key && { 'Idempotency-Key': key }) } });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
}

function say(sentence) {
  $('said').textContent = sentence ?? '';
  $('said').hidden = !sentence;
}

/** Fills a form's fields; what it is sent with is done, or said why not. */
function use(form, done, chosen = {}) {
  for (const [name, value] of Object.entries(chosen)) if (form.elements[name]) form.elements[name].value = value;
  form.onsubmit = async event => {
    event.preventDefault();
    try {
      say();
      await done(Object.fromEntries(new FormData(form)));
    } catch (error) {
      say(error.message);
    }
  };
  return form;
}

const forms = id => [...$(id).content.cloneNode(true).children];
const option = (value, text = value) => h('option', { value }, text);
const badge = word => h('span', { className: 'badge ' + word }, word);
const small = text => (text ? h('small', {}, text) : '');
const link = booking => h('a', { href: '#/' + booking }, booking);
const described = doctor => doctor.name + ', ' + doctor.department;

function table(none, headings, rows) {
  if (!rows.length) return h('p', {}, none);
  return h('div', { className: 'scroll' }, h('table', {},
    h('thead', {}, h('tr', {}, headings.map(each => h('th', { scope: 'col' }, each)))),
    h('tbody', {}, rows.map(cells => h('tr', {}, cells.map(each => h('td', {}, each)))))));
}

const smsTable = rows => table('No SMS.', ['Created', 'Booking', 'Type', 'To', 'Text', 'Status', 'Cost'], rows.map(sms => [
  [sms.created, small('changed ' + sms.changed)], /^APT-\d+$/.test(sms.booking) ? link(sms.booking) : sms.booking, sms.type, sms.to,
  h('details', {}, h('summary', {}, sms.segments === null ? 'text' : sms.segments + ' segment(s)'), h('pre', {}, sms.text)),
  [badge(sms.status), small(sms.why), small(sms.sid)], sms.cost]));

const pages = {
  async Appointments(options) {
    const [form] = forms('book');
    form.elements.doctor.append(...options.doctors.map(each => option(each.name, described(each))));
    const key = String(crypto.getRandomValues(new Uint32Array(4))); // a click that is repeated books once
    use(form, async given => go('#/' + (await call('appointments', given, key)).booking_id));
    const rows = (await call('appointments')).map(each =>
      [link(each.booking), each.when, each.patient, each.doctor.name, badge(each.cancelled ? 'cancelled' : 'booked')]);
    return [form, table('No appointments ahead.', ['Booking', 'When', 'Patient', 'Doctor', ''], rows)];
  },

  async 'SMS log'({ types, statuses }, chosen) {
    const [form] = forms('filter');
    form.elements.type.append(...types.map(each => option(each)));
    form.elements.status.append(...statuses.map(each => option(each)));
    use(form, given => go('#/log?' + new URLSearchParams(given)), chosen);
    return [form, smsTable(await call('sms?' + new URLSearchParams(chosen)))];
  },

  async 'Texts and what they cost'(options, chosen) {
    const [words, form] = forms('perday');
    use(form, given => go('#/texts?' + new URLSearchParams(given)), chosen);
    const texts = await call('texts?' + new URLSearchParams(chosen));
    return [words, form, ...texts.map(each => h('section', { className: 'card' }, h('h2', {}, each.type),
      h('pre', {}, each.text), h('p', {}, each.price), each.warning && h('p', { className: 'alert' }, each.warning)))];
  },

  async 'SMS status'() {
    const rows = (await call('status')).map(each => [badge(each.level.toLowerCase()), each.subject, each.detail, each.remedy]);
    return [table('Nothing to say.', ['', 'What', 'Found', 'What to do'], rows)];
  },
};

async function one(booking) {
  const { appointment, reminder, sms } = await call('appointments/' + booking);
  if (appointment.problem) say('The appointment stands, but no SMS went out: ' + appointment.problem);
  const [move, cancel] = appointment.cancelled ? [] : forms('change');
  const change = async (what, given) => { await call('appointments/' + booking + '/' + what, given); await show(); };
  if (move) {
    use(move, given => change('move', given), appointment);
    use(cancel, () => change('cancel', {}));
  }
  return [h('p', {}, h('strong', {}, appointment.patient), ', ' + appointment.phone, h('br'), appointment.when, h('br'),
    described(appointment.doctor) + ' ', badge(appointment.cancelled ? 'cancelled' : 'booked')),
  reminder && h('p', {}, 'The reminder is set for ' + reminder + '.'), move, cancel,
  h('h2', {}, 'SMS of this appointment'), smsTable(sms)];
}

const places = { '': 'Appointments', log: 'SMS log', texts: 'Texts and what they cost', status: 'SMS status' };
let options;
let turn = 0; // what was asked for an earlier page comes too late

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

async function show() {
  const mine = ++turn;
  const [place, query] = location.hash.replace(/^#\/?/, '').split('?');
  const title = places[place];
  try {
    say();
    options ??= await call('options');
    $('mode').textContent = options.mode;
    const drawn = await (title ? pages[title](options, Object.fromEntries(new URLSearchParams(query))) : one(place));
    if (mine !== turn) return;
    $('view').replaceChildren(...drawn.filter(Boolean));
  } catch (error) {
    if (mine !== turn) return;
    $('view').replaceChildren();
    say(error.message);
  }
  document.title = $('title').textContent = title ?? place;
}

addEventListener('hashchange', async () => { await show(); $('title').focus(); });
show();
