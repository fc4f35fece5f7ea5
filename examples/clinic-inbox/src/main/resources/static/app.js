// Log in, and which part of the page is shown.
import { $, api, turn, useZone } from './dom.js';
import { closeThread, openNumber, openPatient, openThread, showTitle, startInbox, stopInbox } from './inbox.js';
import { pages } from './pages.js';

let running = false;

async function start() {
  let me;
  try {
    me = await api('/api/me');
  } catch {
    login();
    return;
  }
  useZone(me.zone);
  $('who').textContent = me.user;
  $('login').hidden = true;
  $('app').hidden = false;
  running = true;
  await startInbox(me);
  route();
  if (document.activeElement === document.body) $('stage').focus();
}

function login() {
  if (running) stopInbox();
  running = false;
  $('app').hidden = true;
  $('login').hidden = false;
  document.title = 'Clinic inbox';
  $('login-form').elements.username.focus();
}

$('login-form').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target;
  try {
    await api('/api/login', new URLSearchParams(new FormData(form)).toString(), { 'Content-Type': 'application/x-www-form-urlencoded' });
    $('login-error').hidden = true;
    form.reset();
    await start();
  } catch (error) {
    $('login-error').textContent = error.message === 'Please log in.' ? 'Name or password is wrong.' : error.message;
    $('login-error').hidden = false;
    form.elements.password.select();
  }
});

$('logout').addEventListener('click', async () => {
  // Another page: of the patients nothing stays in this one.
  try { await api('/api/logout', {}); } finally { location.replace('/'); }
});

function route() {
  if (!running) return;
  turn.now++;
  const [view = '', id] = location.hash.replace(/^#\/?/, '').split('/');
  const page = pages[view];
  $('inbox').hidden = Boolean(page);
  $('page').hidden = !page;
  for (const link of document.querySelectorAll('#rail a')) {
    if (link.dataset.view === (page ? view : 'inbox')) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.body.classList.toggle('deep', !page && Boolean(id));
  if (page) { closeThread(); page($('page')); $('stage').scrollTop = 0; }
  else if (view === 't') openThread(Number(id));
  else if (view === 'p') openPatient(decodeURIComponent(id));
  else if (view === 'n') openNumber(decodeURIComponent(id));
  else closeThread();
  showTitle(page ? document.querySelector('#rail [aria-current] span').textContent : id ? 'Conversation' : 'Inbox');
}

// What doesn't begin with #/ is a place in the page.
addEventListener('hashchange', () => { if (/^(#\/|$)/.test(location.hash)) route(); });
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); $('stage').focus(); });
addEventListener('loggedout', login);
$('viewer').addEventListener('click', event => { if (event.target === $('viewer')) $('viewer').close(); });
start();
