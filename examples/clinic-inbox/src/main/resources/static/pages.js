// Looking back and looking after: history, statistics, settings, and one text to many.
import { $, api, empty, failure, full, h, key, lastDays, say, STATUS, svg, turn, words } from './dom.js';

const title = (text, more) => h('header', {}, h('h1', {}, text), more && h('p', { class: 'muted' }, more));
const field = (label, input) => h('label', { class: 'field' }, label, input);
const option = (value, text) => h('option', { value }, text);

export const pages = { broadcast, history, statistics, settings };

// History.

function history(page) {
  const results = h('ul', { class: 'results', 'aria-label': 'Results' });
  const more = h('button', { class: 'primary', hidden: true, onclick: () => load(more.value) }, 'Show more');
  const form = h('form', { class: 'filters', role: 'search', onsubmit: event => { event.preventDefault(); load(''); }, onchange: () => load('') },
    field('Who', h('input', { name: 'who', type: 'search', placeholder: 'Name or number' })),
    field('Text', h('input', { name: 'text', type: 'search', placeholder: 'Words' })),
    field('Direction', h('select', { name: 'direction' }, option('', 'Both'), option('INBOUND', 'Received'), option('OUTBOUND', 'Sent'))),
    field('Status', h('select', { name: 'status' }, option('', 'Any'), option('DELIVERED', 'Delivered'), option('SENT', 'Sent'), option('UNDELIVERED', 'Not delivered'), option('EXPIRED', 'Expired'))),
    field('Kind', h('select', { name: 'kind' }, option('', 'All'), option('sms', 'Texts'), option('call', 'Calls'))),
    field('From', h('input', { name: 'from', type: 'date' })), field('To', h('input', { name: 'until', type: 'date' })),
    h('button', { class: 'primary' }, 'Search'));
  let turn = 0;
  async function load(before) {
    const mine = ++turn;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (before) query.set('before', before);
    results.setAttribute('aria-busy', 'true');
    try {
      const past = await api('/api/history?' + query);
      if (mine !== turn) return;
      const rows = past.entries.map(entry => h('li', {}, h('a', { href: '#/t/' + entry.conversation, class: 'result' },
        h('span', { class: 'name' }, past.names[entry.conversation] ?? ''),
        h('time', { datetime: entry.at }, full(entry.at)),
        h('span', { class: 'text' }, (entry.kind === 'sms' ? '' : '☎ ') + (entry.text || 'Picture')),
        h('span', { class: 'status ' + (entry.status ?? entry.direction) }, h('i', { 'aria-hidden': 'true' }),
          entry.status ? STATUS[entry.status] : entry.direction === 'inbound' ? 'Received' : 'Call'))));
      if (before) results.append(...rows); else results.replaceChildren(...rows.length ? rows : [h('li', {}, empty('Nothing found', 'Use fewer words, or a longer time.'))]);
      more.hidden = !past.next;
      more.value = past.next ?? '';
      if (!before) say(rows.length + (past.next ? ' or more' : '') + ' found');
    } catch (error) {
      results.replaceChildren(h('li', {}, failure(error, () => load(''))));
    } finally { results.removeAttribute('aria-busy'); }
  }
  page.replaceChildren(title('History', 'All you sent and received, newest first.'), form, results, more);
  load('');
}

// Statistics.

function statistics(page) {
  const figures = h('div', { 'aria-busy': 'true' });
  const range = h('select', { 'aria-label': 'Time', onchange: () => load() }, option('7', 'Last 7 days'), option('14', 'Last 14 days'), option('30', 'Last 30 days'), option('90', 'Last 90 days'));
  range.value = '14';
  async function load() {
    try {
      const data = await api('/api/statistics?days=' + range.value);
      figures.replaceChildren(...draw({ ...data, days: everyDay(data.days, Number(range.value)) }));
    } catch (error) { figures.replaceChildren(failure(error, load)); }
    figures.removeAttribute('aria-busy');
  }
  const head = title('Statistics', 'What you sent, and what became of it.');
  head.append(range);
  page.replaceChildren(head, figures);
  load();
}

const percent = (part, all) => (all ? Math.round(part / all * 100) + ' %' : '–');

/** All days of the time, also those on which nothing was sent. */
function everyDay(days, count) {
  const known = new Map(days.map(each => [each.name, each]));
  return lastDays(count).map(name => known.get(name) ?? { name, messages: 0, delivered: 0, failed: 0, cost: '' });
}

function draw({ total, arrivesWithin, days, templates, providers }) {
  if (!total.messages) return [empty('Nothing sent in this time', 'Choose a longer one, or write to somebody.')];
  const tile = (value, label) => h('div', { class: 'tile' }, h('dt', {}, label), h('dd', {}, value));
  return [
    h('dl', { class: 'tiles' }, tile(total.messages, 'Sent'), tile(percent(total.delivered, total.messages), 'Delivered'),
      tile(total.failed, 'Not delivered'), tile(arrivesWithin ?? '–', 'Half arrive within'), tile(total.cost || '–', 'Cost')),
    h('section', { class: 'card' }, h('h2', {}, 'By day'),
      h('p', { class: 'legend', 'aria-hidden': 'true' }, h('i', { class: 'delivered' }), 'Delivered', h('i', { class: 'open' }), 'No report', h('i', { class: 'failed' }), 'Not delivered'),
      columns(days), table(days, 'Day')),
    h('section', { class: 'card' }, h('h2', {}, 'By template'), bars(templates.map(each => ({ ...each, name: each.name ? words(each.name) : 'Written by hand' }))), table(templates, 'Template')),
    h('section', { class: 'card' }, h('h2', {}, 'By provider'), bars(providers.map(each => ({ ...each, name: each.name ? words(each.name) : 'Not sent' }))), table(providers, 'Provider')),
  ];
}

function columns(days) {
  const width = 720;
  const height = 200;
  const most = Math.max(4, ...days.map(each => each.messages));
  const step = width / days.length;
  const scale = (height - 24) / most;
  const chart = svg('svg', { viewBox: '0 0 ' + width + ' ' + (height + 22), class: 'chart', role: 'img', 'aria-label': 'Messages by day; the table below has the figures' });
  for (const line of [0, Math.round(most / 2), most]) {
    const y = height - line * scale;
    const text = svg('text', { x: 0, y: y - 4, class: 'axis' });
    text.textContent = line;
    chart.append(svg('line', { x1: 0, x2: width, y1: y, y2: y, class: 'grid' }), text);
  }
  days.forEach((each, index) => {
    let y = height;
    const group = svg('g');
    for (const [kind, count] of [['delivered', each.delivered], ['open', each.messages - each.delivered - each.failed], ['failed', each.failed]]) {
      const tall = Math.max(0, count) * scale;
      y -= tall;
      if (tall) group.append(svg('rect', { x: index * step + step * 0.18 + 8, y, width: Math.max(2, step * 0.64 - 4), height: tall, rx: Math.min(3, step / 8), class: kind }));
    }
    const tip = svg('title');
    tip.textContent = each.name + ': ' + each.messages + ' sent, ' + each.delivered + ' delivered, ' + each.failed + ' not';
    group.append(tip);
    chart.append(group);
    if (index % Math.ceil(days.length / 7) === 0) {
      const text = svg('text', { x: index * step + step / 2 + 6, y: height + 16, class: 'axis middle' });
      text.textContent = Number(each.name.slice(8)) + '/' + Number(each.name.slice(5, 7));
      chart.append(text);
    }
  });
  return chart;
}

function bars(rows) {
  const most = Math.max(1, ...rows.map(each => each.messages));
  return h('ul', { class: 'bars', 'aria-hidden': 'true' }, rows.map(each => h('li', {}, h('span', {}, each.name),
    svg('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none' },
      svg('rect', { width: each.messages / most * 100, height: 8, class: 'open' }), svg('rect', { width: each.delivered / most * 100, height: 8, class: 'delivered' })),
    h('b', {}, each.messages))));
}

function table(rows, first) {
  return h('details', {}, h('summary', {}, 'Figures as a table'), h('table', {},
    h('thead', {}, h('tr', {}, [first, 'Sent', 'Delivered', 'Not delivered', 'Cost'].map(each => h('th', { scope: 'col' }, each)))),
    h('tbody', {}, rows.map(each => h('tr', {}, h('th', { scope: 'row' }, each.name || '–'), [each.messages, each.delivered, each.failed, each.cost || '–'].map(value => h('td', {}, value)))))));
}

// Settings.

function settings(page) {
  const found = h('div', { 'aria-busy': 'true' }, h('p', { class: 'muted' }, 'Asking the providers…'));
  const result = h('p', { role: 'status' });
  const test = h('form', { class: 'card', onsubmit: async event => {
    event.preventDefault();
    result.textContent = 'Sending…';
    try {
      const sent = await api('/api/messages', { to: new FormData(test).get('to'), text: 'This is a test of our inbox. It works.', name: '', key: key() });
      result.className = sent.outcome === 'rejected' ? 'error' : 'good';
      result.textContent = sent.outcome === 'accepted' ? 'The provider took it. Look at the phone.' : sent.message;
    } catch (error) { result.className = 'error'; result.textContent = error.message; }
  } }, h('h2', {}, 'Send a test'), field('Number', h('input', { name: 'to', type: 'tel', required: true, autocomplete: 'tel', placeholder: '0491 570 156' })), h('button', { class: 'primary' }, 'Send test SMS'), result);
  const permission = () => globalThis.Notification?.permission ?? 'unsupported';
  const told = h('p', {});
  const ask = h('button', { onclick: async () => { await Notification.requestPermission(); tell(); } }, 'Turn on');
  function tell() {
    told.textContent = { granted: 'On: this browser tells you of replies while another page is in front.', denied: 'Off: allow them for this page in the browser’s settings.',
      default: 'Off.', unsupported: 'This browser has none.' }[permission()];
    ask.hidden = permission() !== 'default';
  }
  tell();
  page.replaceChildren(title('Settings', 'What is configured, and whether it works.'), found, test, h('section', { class: 'card' }, h('h2', {}, 'Notifications'), told, ask));
  api('/api/settings').then(({ providers, healthy, findings }) => found.replaceChildren(
    h('section', { class: 'card' }, h('h2', {}, 'Check'), h('p', { class: healthy ? 'good' : 'error' }, healthy ? 'Everything works.' : 'Something needs attention.'),
      h('ul', { class: 'findings' }, findings.map(each => h('li', { class: each.level.toLowerCase() },
        h('b', {}, each.subject), h('span', { class: 'hidden' }, ' (' + each.level.toLowerCase() + '): '), h('span', {}, each.detail), each.remedy && h('em', {}, each.remedy))))),
    h('section', { class: 'card' }, h('h2', {}, 'Providers'), providers.map(each => h('dl', { class: 'facts' },
      [['Name', each.name + (each.kind === each.name ? '' : ' (' + each.kind + ')')], ['Senders', each.senders || 'the provider’s choice'], ['Webhook', each.webhook]]
        .map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))),
    h('p', { class: 'muted' }, 'Providers are configured by environment variables; the README has the table.'))),
  error => found.replaceChildren(failure(error, () => settings(page)))).finally(() => found.removeAttribute('aria-busy'));
}

// One text to many.

async function broadcast(page) {
  const mine = turn.now;
  page.replaceChildren(title('Broadcast', 'One template to many patients, each with their own name.'));
  try {
    const [patients, templates] = await Promise.all([api('/api/patients'), api('/api/templates?name=Mia')]);
    if (mine !== turn.now) return;
    let id = key();
    const preview = h('p', { class: 'preview' });
    const template = h('select', { name: 'template', onchange: () => update() }, templates.map(each => option(each.id, words(each.id))));
    const boxes = patients.map(each => h('input', { type: 'checkbox', value: each.id, onchange: () => update() }));
    const button = h('button', { class: 'primary' });
    const result = h('div', { role: 'status' });
    function update() {
      id = key();
      const count = boxes.filter(box => box.checked).length;
      preview.textContent = templates.find(each => each.id === template.value)?.text ?? '';
      button.textContent = count ? 'Send to ' + count + (count === 1 ? ' patient' : ' patients') : 'Choose patients';
      button.disabled = !count;
    }
    const form = h('form', { class: 'card', onsubmit: async event => {
      event.preventDefault();
      button.disabled = true;
      result.textContent = 'Sending…';
      try {
        const tally = await api('/api/messages/bulk', { patients: boxes.filter(box => box.checked).map(box => box.value), template: template.value, key: id });
        result.replaceChildren(h('p', { class: tally.refused.length ? 'error' : 'good' }, tally.accepted + ' sent' + (tally.unknown ? ', ' + tally.unknown + ' in doubt' : '') + (tally.refused.length ? ', ' + tally.refused.length + ' refused:' : '.')),
          h('ul', {}, tally.refused.map(each => h('li', {}, each))));
        boxes.forEach(box => { box.checked = false; });
        update();
      } catch (error) {
        result.replaceChildren(h('p', { class: 'error' }, error.message + ' Sending again reaches each of them once.'));
        button.disabled = false;
      }
    } }, field('Template', template), preview,
    h('fieldset', {}, h('legend', {}, 'Patients'), h('button', { type: 'button', class: 'link', onclick: () => { boxes.forEach(box => { box.checked = true; }); update(); } }, 'All of them'),
      h('ul', { class: 'ticks' }, patients.map((each, index) => h('li', {}, h('label', {}, boxes[index], h('span', {}, each.name), h('span', { class: 'muted' }, each.lines[0].shown)))))),
    button, result);
    update();
    page.append(form);
  } catch (error) { if (mine === turn.now) page.append(failure(error, () => broadcast(page))); }
}
