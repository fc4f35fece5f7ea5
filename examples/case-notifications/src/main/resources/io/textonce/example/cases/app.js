// Four simple screens over the REST interface. Everything is set as text, never as HTML.
const view = document.getElementById('view'), said = document.getElementById('said');
let token = '';

async function call(path, method = 'GET', body) {
  const answer = await fetch('/api/' + path, {
    method, headers: { Authorization: 'Bearer ' + token }, body: body && JSON.stringify(body) });
  const json = await answer.json().catch(() => ({}));
  said.textContent = answer.ok ? '' : json.error || json.title || 'That did not work: ' + answer.status;
  return answer.ok ? json : null;
}

function add(parent, tag, text) {
  const element = parent.appendChild(document.createElement(tag));
  if (text !== undefined) element.textContent = text;
  return element;
}

function table(rows, columns) {
  const table = add(view, 'table'), head = add(add(table, 'thead'), 'tr'), body = add(table, 'tbody');
  columns.forEach(column => add(head, 'th', column));
  rows.forEach(row => {
    const line = add(body, 'tr');
    columns.forEach(column => add(line, 'td', row[column] ?? ''));
  });
}

const screens = {
  async sms() {
    const rows = await call('sms');
    if (rows) table(rows, ['created', 'kind', 'case', 'user', 'to', 'text', 'state', 'status', 'error']);
  },
  async templates() {
    const all = await call('templates');
    for (const [kind, texts] of Object.entries(all || {})) {
      const form = add(view, 'form');
      add(form, 'h2', kind);
      const fields = Object.entries(texts).map(([language, text]) => {
        const field = add(add(form, 'label', language), 'textarea', text);
        field.name = language;
        return field;
      });
      add(form, 'button', 'Save');
      form.onsubmit = async event => {
        event.preventDefault();
        const changed = Object.fromEntries(fields.map(field => [field.name, field.value]));
        if (await call('templates/' + kind, 'PUT', changed)) said.textContent = kind + ' is saved.';
      };
    }
  },
  async config() {
    const findings = await call('config');
    if (findings) table(findings, ['level', 'subject', 'detail', 'remedy']);
    const users = await call('users');
    if (users) table(users, ['id', 'name', 'role', 'phone']);
  },
  async statistics() {
    const { total, ...groups } = await call('statistics') || {};
    for (const [name, rows] of Object.entries({ total: total ? { all: total } : {}, ...groups })) {
      add(view, 'h2', name.replace('_', ' '));
      table(Object.entries(rows).map(([value, sums]) => ({ value, ...sums })),
        ['value', 'messages', 'sent', 'delivered', 'failed', 'success_rate']);
    }
  },
};

document.getElementById('login').onsubmit = event => {
  event.preventDefault();
  token = document.getElementById('token').value;
  show('sms');
};
async function show(name) {
  view.replaceChildren();
  await screens[name]();
}
document.querySelectorAll('[data-view]').forEach(button => { button.onclick = () => show(button.dataset.view); });
