// The list of conversations, the one that is open, and what the server tells about both as it happens.
import { $, api, empty, failure, full, h, icon, say, skeleton, STATUS, when } from './dom.js';
import { Composer } from './composer.js';
import { Timeline } from './timeline.js';

const state = { threads: new Map(), open: null, timeline: null, query: '', unread: false, me: null, more: null };

export function startInbox(me) {
  state.me = me;
  state.threads.clear();
  let timer;
  $('find').oninput = () => { clearTimeout(timer); timer = setTimeout(() => { state.query = $('find').value.trim(); loadList(); }, 200); };
  for (const radio of document.querySelectorAll('input[name=which]')) radio.onchange = () => { state.unread = radio.value === 'unread'; loadList(); };
  $('new').onclick = compose;
  $('list').onscroll = () => { if ($('list').scrollHeight - $('list').scrollTop - $('list').clientHeight < 300) loadMore(); };
  return loadList().then(listen);
}

// The list.

async function loadList() {
  if (!state.threads.size) $('list').replaceChildren(...skeleton(7, 'row'));
  try {
    const page = await api('/api/conversations?' + new URLSearchParams({ q: state.query, unread: state.unread }));
    state.rev ??= page.rev;
    state.threads = new Map(page.threads.map(thread => [thread.id, thread]));
    state.more = !state.query && page.threads.length === 50;
    showUnread(page.unread);
    drawList();
  } catch (error) {
    $('list').replaceChildren(h('li', {}, failure(error, loadList)));
  }
}

async function loadMore() {
  if (!state.more) return;
  state.more = false;
  const last = sorted().at(-1);
  const page = await api('/api/conversations?' + new URLSearchParams({ before: last.position, unread: state.unread }));
  for (const thread of page.threads) state.threads.set(thread.id, thread);
  state.more = page.threads.length === 50;
  drawList();
}

const sorted = () => [...state.threads.values()].sort((a, b) => new Date(b.last?.at ?? 0) - new Date(a.last?.at ?? 0) || b.id - a.id);

function drawList() {
  const focused = document.activeElement?.dataset?.thread;
  const rows = sorted();
  $('list').removeAttribute('aria-busy');
  $('list').replaceChildren(...rows.map(row), ...rows.length ? [] : [h('li', {}, state.query
    ? empty('Nobody found', 'Search by a part of the name, or the whole number.')
    : state.unread ? empty('All read', 'New replies show up here.')
      : empty('No conversations yet', 'Write to a patient, and the conversation stays here.', h('button', { class: 'primary', onclick: compose }, 'New message')))]);
  if (focused) document.querySelector('[data-thread="' + focused + '"]')?.focus();
}

function row(thread) {
  const last = thread.last;
  const text = !last ? '' : last.kind !== 'sms' ? '☎ ' + last.text : (last.direction === 'outbound' ? 'You: ' : '') + (last.text || 'Picture');
  return h('li', {}, h('a', { href: '#/t/' + thread.id, class: 'row' + (thread.unread ? ' new' : ''), 'data-thread': thread.id,
    'aria-current': thread.id === state.open?.id && 'page' },
  avatar(thread),
  h('span', { class: 'name' }, thread.name),
  h('time', { datetime: last?.at, title: last && full(last.at) }, last ? when(last.at) : ''),
  h('span', { class: 'last' + (last?.status === 'failed' ? ' failed' : '') }, last?.status === 'failed' ? STATUS.failed + ': ' : '', text),
  thread.unread > 0 && h('b', { class: 'badge' }, thread.unread, h('span', { class: 'hidden' }, ' unread')),
  state.me.all && h('span', { class: 'owner' }, thread.owner || 'nobody’s')));
}

function avatar(thread) {
  const hue = [...thread.name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 6, 7);
  return h('span', { class: 'avatar hue' + hue, 'aria-hidden': 'true' }, thread.known ? thread.name.slice(0, 1).toUpperCase() : '#');
}

function showUnread(count) {
  $('unread').hidden = !count;
  $('unread').replaceChildren(String(count), h('span', { class: 'hidden' }, ' unread'));
  document.title = (count ? '(' + count + ') ' : '') + 'Clinic inbox';
}

// One conversation.

export async function openThread(id) {
  closeThread();
  $('inbox').classList.add('reading');
  $('thread').replaceChildren(h('ul', { class: 'waiting' }, skeleton(6, 'bubble')));
  try {
    show(state.threads.get(id) ?? await api('/api/conversations/' + id));
  } catch (error) {
    $('thread').replaceChildren(head({ name: 'Conversation', lines: [] }), failure(error, () => openThread(id)));
  }
}

/** A patient whom nobody may have written to yet. */
export async function openPatient(id) {
  try {
    const opened = await api('/api/patients/' + encodeURIComponent(id));
    if (opened.thread) location.replace('#/t/' + opened.thread.id);
    else { closeThread(); $('inbox').classList.add('reading'); begin({ ...opened.patient, known: true }); }
  } catch (error) {
    $('thread').replaceChildren(failure(error));
  }
}

export function openNumber(number) {
  closeThread();
  $('inbox').classList.add('reading');
  begin({ name: number, known: false, lines: [{ label: 'number', number, shown: number }] });
}

export function closeThread() {
  state.timeline?.close();
  state.timeline = null;
  state.open = null;
  $('inbox').classList.remove('reading');
  document.querySelector('#list [aria-current]')?.removeAttribute('aria-current');
  $('thread').replaceChildren(empty('Choose a conversation', 'Or begin a new one with the plus.'));
}

function head(thread, ...tools) {
  return h('header', {}, h('a', { class: 'round back', href: '#/', 'aria-label': 'Back to the list' }, icon('back')),
    thread.id && avatar(thread), h('div', { class: 'title' }, h('h2', { id: 'thread-title' }, thread.name),
      h('p', { class: 'muted' }, thread.lines.map(line => line.label + ' ' + line.shown).join(' · '))), tools);
}

function begin(thread) {
  const composer = new Composer({ thread: null, lines: thread.lines, name: thread.name, known: thread.known,
    onsent: id => { if (id) location.replace('#/t/' + id); } });
  $('thread').replaceChildren(head(thread), h('div', { class: 'scroller' }, empty('Nothing said yet', 'Write the first message.')), composer.element);
  composer.text.focus();
}

function show(thread) {
  state.open = thread;
  document.querySelector('#list [aria-current]')?.removeAttribute('aria-current');
  document.querySelector('[data-thread="' + thread.id + '"]')?.setAttribute('aria-current', 'page');
  const list = h('ol', { class: 'entries', 'aria-label': 'Conversation with ' + thread.name });
  const scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Messages, oldest first' }, list);
  const jump = h('button', { class: 'jump', hidden: true, onclick: () => (state.timeline.atEnd ? state.timeline.toEnd() : state.timeline.open()) });
  const kind = (value, text) => h('label', {}, h('input', { type: 'radio', name: 'kind', value, checked: value === '', onchange: () => read(value) }), h('span', {}, text));
  const tools = h('div', { class: 'segmented small', role: 'group', 'aria-label': 'What to show' }, kind('', 'All'), kind('sms', 'Texts'), kind('call', 'Calls'));
  const composer = new Composer({ thread: thread.id, lines: thread.lines, name: thread.name, known: thread.known, onsent: () => state.timeline?.atEnd || state.timeline?.open() });
  const away = count => {
    jump.hidden = !count;
    jump.replaceChildren(icon('down'), count === 1 ? '1 new' : count + ' new');
  };
  const first = thread.lines[0]?.number;
  const read = async value => {
    state.timeline?.close();
    list.replaceChildren(...skeleton(5, 'bubble'));
    const timeline = new Timeline(scroller, list, { thread: thread.id, kind: value, name: thread.name, onaway: away,
      labelOf: number => number && number !== first && thread.lines.find(line => line.number === number)?.label,
      onretry: entry => composer.put(entry.text), onpicture: view });
    state.timeline = timeline;
    try {
      await timeline.open();
      if (!timeline.items.length) list.replaceChildren(h('li', {}, value === 'call' ? empty('No calls', 'Add one with “Call” below.') : empty('Nothing said yet', 'Write the first message.')));
      seen();
    } catch (error) {
      list.replaceChildren(h('li', {}, failure(error, () => read(value))));
    }
  };
  $('thread').replaceChildren(...[head(thread, tools), scroller, jump, state.me.sandbox && patientPanel(thread, composer), composer.element].filter(Boolean));
  if (matchMedia('(pointer: fine)').matches) composer.text.focus();
  return read('');
}

/** Whoever reads it has read it. */
function seen() {
  const { open, timeline } = state;
  if (!open || document.hidden || !timeline?.items.length) return;
  const last = Math.max(...timeline.items.map(item => item.entry.seq));
  const thread = state.threads.get(open.id);
  if (thread ? thread.unread : open.unread) api('/api/conversations/' + open.id + '/read', { seq: last }).catch(() => {});
}
document.addEventListener('visibilitychange', seen);

function view(url, text) {
  const image = $('viewer').querySelector('img');
  image.src = url;
  image.alt = text;
  $('viewer').showModal();
}

/** The sandbox has no patients, so whoever tries it plays them. */
function patientPanel(thread, composer) {
  const text = h('input', { type: 'text', 'aria-label': 'What the patient replies', placeholder: 'What ' + thread.name + ' replies' });
  const picture = h('input', { type: 'checkbox' });
  return h('details', { class: 'patient' }, h('summary', {}, 'Sandbox: pretend the patient replies'),
    h('form', { onsubmit: async event => {
      event.preventDefault();
      if (!text.value.trim() && !picture.checked) { text.focus(); return; }
      try {
        await api('/api/sandbox/reply', { from: composer.to.value, text: text.value, picture: picture.checked });
        text.value = '';
        picture.checked = false;
      } catch (error) { composer.refuse(error.message); }
    } }, text, h('label', { class: 'check' }, picture, ' with a picture'), h('button', {}, 'Reply')));
}

// Beginning a conversation.

let patients = [];
async function compose() {
  $('compose').showModal();
  $('compose-find').value = '';
  $('compose-list').replaceChildren(...skeleton(4, 'row'));
  try {
    patients = await api('/api/patients');
    match();
  } catch (error) { $('compose-list').replaceChildren(h('li', {}, failure(error, compose))); }
  $('compose-find').oninput = match;
  $('compose-find').onkeydown = event => { if (event.key === 'Enter') $('compose-list').querySelector('a')?.click(); };
}

function match() {
  const typed = $('compose-find').value.trim();
  const digits = typed.replace(/\D/g, '').replace(/^0/, '');
  const found = patients.filter(each => each.name.toLowerCase().includes(typed.toLowerCase())
    || (digits.length > 3 && each.lines.some(line => line.number.includes(digits))));
  const go = hash => () => { $('compose').close(); location.hash = hash; };
  $('compose-list').replaceChildren(...found.slice(0, 30).map(each => h('li', {}, h('a', { href: '#/p/' + each.id, class: 'row', onclick: go('#/p/' + each.id) },
    avatar({ name: each.name, known: true }), h('span', { class: 'name' }, each.name), h('span', { class: 'last' }, each.lines.map(line => line.shown).join(' · '))))),
  ...digits.length > 5 && !found.length ? [h('li', {}, h('a', { href: '#/n/' + encodeURIComponent(typed), class: 'row', onclick: go('#/n/' + encodeURIComponent(typed)) },
    avatar({ name: '#' }), h('span', { class: 'name' }, 'Write to ' + typed)))] : [],
  ...!found.length && digits.length <= 5 ? [h('li', {}, empty('No such patient', 'Type a whole number to write to somebody else.'))] : []);
}

// What happens elsewhere.

function listen() {
  state.source?.close();
  const source = state.source = new EventSource('/api/events?rev=' + state.rev);
  source.onopen = () => { $('offline').hidden = true; };
  source.onerror = () => {
    $('offline').hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(() => api('/api/me').then(listen, () => state.me && listen()), 3000);
  };
  source.onmessage = event => {
    state.rev = Number(event.lastEventId);
    hear(JSON.parse(event.data));
  };
}

export function stopInbox() {
  state.source?.close();
  state.source = null;
  state.me = null;
  state.rev = undefined;
  closeThread();
}

function hear(news) {
  for (const thread of news.threads) {
    if (thread.moved) state.threads.delete(thread.id);
    else if (!state.query && (!state.unread || thread.unread) || state.threads.has(thread.id)) state.threads.set(thread.id, thread);
  }
  showUnread(news.unread);
  drawList();
  for (const entry of news.entries) {
    const here = entry.conversation === state.open?.id;
    if (here) state.timeline?.receive(entry);
    if (entry.direction === 'inbound' && isNew(entry)) announce(entry, here);
  }
  if (news.entries.some(entry => entry.conversation === state.open?.id)) seen();
}

const announced = new Set();
function isNew(entry) {
  const known = announced.has(entry.position);
  announced.add(entry.position);
  return !known;
}

function announce(entry, here) {
  const name = state.threads.get(entry.conversation)?.name ?? 'Somebody';
  const text = entry.text || (entry.pictures.length ? 'a picture' : '');
  say('New message from ' + name + ': ' + text);
  if ((document.hidden || !here) && globalThis.Notification?.permission === 'granted') {
    const note = new Notification(name, { body: text, tag: 'thread-' + entry.conversation, icon: 'icon.svg' });
    note.onclick = () => { focus(); location.hash = '#/t/' + entry.conversation; note.close(); };
  }
}
