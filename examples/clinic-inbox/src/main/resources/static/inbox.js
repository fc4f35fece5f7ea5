// The list of conversations, the one that is open, and what the server tells about both as it happens.
import { $, api, empty, failure, full, h, icon, isBad, say, skeleton, STATUS, turn, when } from './dom.js';
import { Composer } from './composer.js';
import { Timeline } from './timeline.js';

const state = { threads: new Map(), open: null, timeline: null, query: '', unread: false, me: null, more: null };

export function startInbox(me) {
  state.me = me;
  state.threads.clear();
  $('list').replaceChildren();
  let timer;
  $('find').oninput = () => { clearTimeout(timer); timer = setTimeout(() => { state.query = $('find').value.trim(); loadList(); }, 200); };
  for (const radio of document.querySelectorAll('input[name=which]')) radio.onchange = () => { state.unread = radio.value === 'unread'; loadList(); };
  $('new').onclick = compose;
  $('list').onscroll = () => { if ($('list').scrollHeight - $('list').scrollTop - $('list').clientHeight < 300) loadMore(); };
  return loadList().then(listen);
}

// The list.

let lists = 0; // asked for so far: an earlier one's answer comes too late
let heard = null; // what was told since the last was asked for, and may be newer than it

async function loadList() {
  const mine = ++lists;
  heard = [];
  state.more = null;
  if (!state.threads.size) $('list').replaceChildren(...skeleton(7, 'row'));
  try {
    const page = await api('/api/conversations?' + new URLSearchParams({ q: state.query, unread: state.unread }));
    if (mine !== lists) return;
    state.rev ??= page.rev;
    state.threads = new Map();
    add(page);
    state.more = !state.query && state.more;
    showUnread(page.unread);
    drawList();
  } catch (error) {
    if (mine === lists) $('list').replaceChildren(h('li', {}, failure(error, loadList)));
  }
}

/** The next page begins where the server's last one ended, wherever what was told meanwhile stands. */
function add(page) {
  for (const thread of page.threads) state.threads.set(thread.id, thread);
  heard?.forEach(take);
  heard = null;
  state.more = page.threads.length === 50 && page.threads.at(-1).position;
}

async function loadMore() {
  const before = state.more;
  if (!before) return;
  const mine = lists;
  heard = [];
  state.more = null;
  try {
    const page = await api('/api/conversations?' + new URLSearchParams({ before, unread: state.unread }));
    if (mine !== lists) return;
    add(page);
    drawList();
  } catch (error) {
    if (mine === lists) { state.more = before; say(error.message); }
  }
}

const sorted = () => [...state.threads.values()].sort((a, b) => new Date(b.last?.at ?? 0) - new Date(a.last?.at ?? 0) || b.id - a.id);

function drawList() {
  const list = $('list');
  const rows = sorted();
  list.removeAttribute('aria-busy');
  if (!rows.length) {
    list.replaceChildren(h('li', {}, state.query ? empty('Nobody found', 'Search by a part of the name, or the whole number.')
      : state.unread ? empty('All read', 'New replies show up here.')
        : empty('No conversations yet', 'Write to a patient, and the conversation stays here.', h('button', { class: 'primary', onclick: compose }, 'New message'))));
    return;
  }
  // Rows that didn't change are left alone, and with them where the reader is.
  const focused = document.activeElement?.dataset?.thread;
  const shown = new Map([...list.children].map(each => [each.thread, each]));
  const drawn = rows.map(thread => shown.get(thread) ?? row(thread));
  const wanted = new Set(drawn);
  for (const each of [...list.children]) if (!wanted.has(each)) each.remove();
  drawn.forEach((each, index) => { if (list.children[index] !== each) list.insertBefore(each, list.children[index] ?? null); });
  if (focused) document.querySelector('[data-thread="' + focused + '"]')?.focus({ preventScroll: true });
  markOpen();
}

function markOpen() {
  for (const link of document.querySelectorAll('#list .row')) {
    if (Number(link.dataset.thread) === state.open?.id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function row(thread) {
  const last = thread.last;
  const text = !last ? '' : last.kind !== 'sms' ? '☎ ' + last.text : (last.direction === 'outbound' && !isBad(last.status) ? 'You: ' : '') + (last.text || 'Picture');
  const item = h('li', {}, h('a', { href: '#/t/' + thread.id, class: 'row' + (thread.unread ? ' new' : ''), 'data-thread': thread.id },
  avatar(thread),
  h('span', { class: 'name' }, thread.name),
  h('time', { datetime: last?.at, title: last && full(last.at) }, last ? when(last.at) : ''),
  h('span', { class: 'last' + (isBad(last?.status) ? ' failed' : '') }, isBad(last?.status) ? STATUS[last.status] + ': ' : '', text),
  thread.unread > 0 && h('b', { class: 'badge' }, thread.unread, h('span', { class: 'hidden' }, ' unread')),
  state.me.all && h('span', { class: 'owner' }, thread.owner || 'nobody’s')));
  item.thread = thread;
  return item;
}

function avatar(thread) {
  const hue = [...thread.name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 6, 7);
  return h('span', { class: 'avatar hue' + hue, 'aria-hidden': 'true' }, thread.known ? thread.name.slice(0, 1).toUpperCase() : '#');
}

function showUnread(count) {
  $('unread').hidden = !count;
  $('unread').replaceChildren(String(count), h('span', { class: 'hidden' }, ' unread'));
  state.count = count;
  showTitle();
}

/** How many are unread, and what is looked at. */
export function showTitle(view = state.view) {
  state.view = view;
  document.title = (state.count ? '(' + state.count + ') ' : '') + (view ?? 'Inbox') + ' – Clinic inbox';
}

// One conversation.

export async function openThread(id) {
  const mine = turn.now;
  wait();
  try {
    const thread = state.threads.get(id) ?? await api('/api/conversations/' + id);
    if (mine === turn.now) show(thread);
  } catch (error) {
    if (mine === turn.now) $('thread').replaceChildren(head({ name: 'Conversation', lines: [] }), failure(error, () => openThread(id)));
  }
}

/** A patient whom nobody may have written to yet. */
export async function openPatient(id) {
  const mine = turn.now;
  wait();
  try {
    const opened = await api('/api/patients/' + encodeURIComponent(id));
    if (mine !== turn.now) return;
    if (opened.thread) location.replace('#/t/' + opened.thread.id);
    else begin({ ...opened.patient, known: true });
  } catch (error) {
    if (mine === turn.now) $('thread').replaceChildren(failure(error));
  }
}

function wait() {
  closeThread();
  $('inbox').classList.add('reading');
  $('thread').replaceChildren(h('ul', { class: 'waiting' }, skeleton(6, 'bubble')));
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
  state.composer = null;
  $('inbox').classList.remove('reading');
  markOpen();
  $('thread').replaceChildren(empty('Choose a conversation', 'Or begin a new one with the plus.'));
}

function head(thread, ...tools) {
  return h('header', {}, h('a', { class: 'round back', href: '#/', 'aria-label': 'Back to the list' }, icon('back')),
    thread.id && avatar(thread), h('div', { class: 'title' }, h('h2', { id: 'thread-title', tabindex: -1 }, thread.name),
      h('p', { class: 'muted' }, thread.lines.map(line => line.shown + ' ' + line.label).join(' · '))), tools);
}

function begin(thread) {
  const mine = turn.now;
  const composer = new Composer({ thread: null, lines: thread.lines, name: thread.name, known: thread.known,
    onsent: id => { if (id && mine === turn.now) location.replace('#/t/' + id); } });
  $('thread').replaceChildren(head(thread), h('div', { class: 'scroller' }, empty('Nothing said yet', 'Write the first message.')), composer.element);
  use(composer);
}

/** Where one writes; with what was written there when the session ended, if it was this user. */
function use(composer) {
  state.composer = composer;
  if (state.draft?.user === state.me.user && state.draft.hash === location.hash) composer.put(state.draft.text);
  state.draft = null;
  if (matchMedia('(pointer: fine)').matches) composer.text.focus();
  else document.querySelector('#thread-title')?.focus();
}

function show(thread) {
  state.open = thread;
  markOpen();
  const list = h('ol', { class: 'entries', 'aria-label': 'Conversation with ' + thread.name });
  const scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Messages, oldest first' }, list);
  const jump = h('button', { class: 'jump', hidden: true, onclick: () => (state.timeline.atEnd ? state.timeline.toEnd() : jumpToEnd()) });
  const jumpToEnd = () => state.timeline?.open().catch(error => composer.refuse(error.message));
  const kind = (value, text) => h('label', {}, h('input', { type: 'radio', name: 'kind', value, checked: value === '', onchange: () => read(value) }), h('span', {}, text));
  const tools = h('div', { class: 'segmented small', role: 'group', 'aria-label': 'What to show' }, kind('', 'All'), kind('sms', 'Texts'), kind('call', 'Calls'));
  const composer = new Composer({ thread: thread.id, lines: thread.lines, name: thread.name, known: thread.known, onsent: () => state.open !== thread || state.timeline?.atEnd || jumpToEnd() });
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
      if (timeline.closed) return;
      if (!timeline.items.length) list.replaceChildren(h('li', {}, value === 'call' ? empty('No calls', 'Add one with “Call” below.') : empty('Nothing said yet', 'Write the first message.')));
      seen();
    } catch (error) {
      if (timeline.closed) return;
      timeline.close();
      list.replaceChildren(h('li', {}, failure(error, () => read(value))));
    }
  };
  $('thread').replaceChildren(...[head(thread, tools), scroller, jump, state.me.sandbox && patientPanel(thread, composer), composer.element].filter(Boolean));
  use(composer);
  return read('');
}

/** Whoever reads it has read it; the desk doesn't read for others. */
function seen() {
  const { open, timeline } = state;
  if (!open || (open.owner && open.owner !== state.me.user) || document.hidden || !timeline?.items.length) return;
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
  state.draft = state.composer?.text.value ? { user: state.me.user, hash: location.hash, text: state.composer.text.value } : null;
  state.source?.close();
  state.source = null;
  state.me = null;
  state.rev = undefined;
  closeThread();
}

function hear(news) {
  heard?.push(...news.threads);
  news.threads.forEach(take);
  showUnread(news.unread);
  drawList();
  const fresh = news.entries.filter(entry => entry.direction === 'inbound' && isNew(entry));
  for (const entry of news.entries) if (entry.conversation === state.open?.id) state.timeline?.receive(entry);
  if (fresh.length > 3) say(fresh.length + ' new messages');
  else for (const entry of fresh) announce(entry, entry.conversation === state.open?.id);
  if (news.entries.some(entry => entry.conversation === state.open?.id)) seen();
}

function take(thread) {
  if (thread.moved) state.threads.delete(thread.id);
  else if (!state.query && (!state.unread || thread.unread) || state.threads.has(thread.id)) state.threads.set(thread.id, thread);
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
