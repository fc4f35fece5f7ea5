// Elements, requests and dates: what every part of the page uses.

export const $ = id => document.getElementById(id);

/** An element; properties that start with "on" are listeners, children are nodes or text, never HTML. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const icon = name => svg('svg', { class: 'icon', 'aria-hidden': 'true' }, svg('use', { href: '#i-' + name }));

/** Tells a screen reader. */
export function say(text) {
  $('say').textContent = '';
  requestAnimationFrame(() => { $('say').textContent = text; });
}

const cookie = name => document.cookie.split('; ').find(each => each.startsWith(name + '='))?.slice(name.length + 1);

export class Refused extends Error {}

/** A request; its answer is JSON or nothing. What fails says what to do. */
export async function api(path, body, headers = { 'Content-Type': 'application/json' }) {
  let response;
  try {
    response = await fetch(path, body === undefined ? {} : {
      method: 'POST',
      headers: { ...headers, 'X-XSRF-TOKEN': decodeURIComponent(cookie('XSRF-TOKEN') ?? '') },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  } catch {
    throw new Error('The server can’t be reached. Check the connection and try again.');
  }
  if (response.status === 401) {
    if (path !== '/api/login') dispatchEvent(new Event('loggedout'));
    throw new Refused('Please log in.');
  }
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(answer?.message ?? 'That didn’t work (' + response.status + '). Try again.');
  return answer;
}

export const key = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');

/** Raised whenever another view is chosen: what was asked for an earlier one comes late, and is dropped. */
export const turn = { now: 0 };

let zone;
let formats;
export function useZone(name) {
  zone = name;
  const make = options => new Intl.DateTimeFormat(undefined, { timeZone: zone, ...options });
  formats = {
    key: new Intl.DateTimeFormat('en-CA', { timeZone: zone }),
    time: make({ hour: 'numeric', minute: '2-digit' }),
    day: make({ weekday: 'long', day: 'numeric', month: 'long' }),
    weekday: make({ weekday: 'short' }),
    date: make({ day: 'numeric', month: 'short' }),
    full: make({ dateStyle: 'medium', timeStyle: 'short' }),
  };
}
export const dayKey = at => formats.key.format(new Date(at));
export const time = at => formats.time.format(new Date(at));
export const full = at => formats.full.format(new Date(at));
/** The last days as ISO dates by the clinic's clock, today the last: from noon on UTC's, no clock is put forward. */
export const lastDays = count => {
  const today = Date.parse(dayKey(Date.now()) + 'T12:00Z');
  return Array.from({ length: count }, (_, index) => new Date(today - (count - 1 - index) * 864e5).toISOString().slice(0, 10));
};
const ago = days => dayKey(Date.now() - days * 864e5);
export function day(at) {
  const its = dayKey(at);
  return its === ago(0) ? 'Today' : its === ago(1) ? 'Yesterday' : formats.day.format(new Date(at));
}
/** As short as it can be told: a time today, a weekday this week, a date before. */
export function when(at) {
  const its = dayKey(at);
  if (its === ago(0)) return time(at);
  return (Date.now() - new Date(at) < 6 * 864e5 ? formats.weekday : formats.date).format(new Date(at));
}

/** A template's id as words. */
export const words = id => id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');

export const STATUS = { waiting: 'Waiting', sending: 'Sending', sent: 'Sent', delivered: 'Delivered', undelivered: 'Not delivered', failed: 'Not sent', cancelled: 'Cancelled', unsure: 'In doubt' };
export const isBad = status => ['undelivered', 'failed', 'cancelled'].includes(status);

export function empty(title, text, ...more) {
  return h('div', { class: 'empty' }, h('p', { class: 'title' }, title), h('p', {}, text), ...more);
}
export function failure(error, retry) {
  return h('div', { class: 'empty', role: 'alert' }, h('p', { class: 'title' }, 'This can’t be shown now'), h('p', {}, error.message),
    retry && h('button', { class: 'primary', onclick: retry }, 'Try again'));
}
export const skeleton = (rows, shape) => Array.from({ length: rows }, () => h('li', { class: 'skeleton ' + shape, 'aria-hidden': 'true' }));
