// A conversation's timeline: at most 200 entries are in the page, however long it is; pages come and go at both ends.
import { api, day, dayKey, full, h, icon, isBad, say, STATUS, time } from './dom.js';

const MOST = 200;
const PAGE = 25; // as the server's

/** Entries lie by time and number. */
const place = position => position.match(/^(-?\d+)-(\d+)$/).slice(1).map(Number);
const order = (a, b) => {
  const [at, number] = place(a);
  const [at2, number2] = place(b);
  return at - at2 || number - number2;
};

export class Timeline {
  /**
   * @param scroller what scrolls; @param list the list inside of it
   * @param options thread, kind, labelOf(number), onretry(entry), onpicture(url, text), onaway(count)
   */
  constructor(scroller, list, options) {
    Object.assign(this, { scroller, list, options });
    this.items = [];          // oldest first: { entry, element }
    this.dropped = [];        // where each page begins that was dropped at the newer end
    this.tail = '';           // what comes after the newest item; empty if nothing does
    this.atStart = false;
    this.away = 0;            // new ones that aren't shown
    this.busy = false;
    this.waiting = [];        // what was told while a page was on its way
    this.turn = 0;            // of the page that is on its way: an earlier one comes too late
    this.closed = false;
    this.onscroll = () => this.scrolled();
    scroller.addEventListener('scroll', this.onscroll, { passive: true });
  }

  close() {
    this.closed = true;
    this.scroller.removeEventListener('scroll', this.onscroll);
  }

  async fetch(before) {
    const query = new URLSearchParams({ before, kind: this.options.kind });
    return (await api('/api/conversations/' + this.options.thread + '/entries?' + query)).reverse();
  }

  begin() {
    this.busy = true;
    return ++this.turn;
  }

  isLate(turn) { return this.closed || turn !== this.turn; }

  /** A page may be older than what was told while it was on its way. */
  end(turn) {
    if (this.isLate(turn)) return;
    this.busy = false;
    for (const entry of this.waiting.splice(0)) this.receive(entry);
  }

  /** Shows the newest page, whatever was on its way. */
  async open() {
    const turn = this.begin();
    try {
      const page = await this.fetch('');
      if (this.isLate(turn)) return;
      this.items = [];
      this.dropped = [];
      this.tail = '';
      this.atStart = page.length < PAGE;
      this.put(page, 0);
      this.away = 0;
      this.options.onaway(0);
      this.toEnd();
    } finally {
      this.end(turn);
    }
    this.scrolled();
  }

  get atEnd() { return this.tail === ''; }

  get nearEnd() {
    return this.atEnd && this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 120;
  }

  toEnd() { this.scroller.scrollTop = this.scroller.scrollHeight; }

  async scrolled() {
    if (this.busy || this.closed || !this.items.length) return;
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    const older = scrollTop < 1200 && !this.atStart;
    const newer = scrollHeight - scrollTop - clientHeight < 1200 && !this.atEnd;
    if (this.nearEnd && this.away) this.options.onaway(this.away = 0);
    if (!older && !newer) return;
    const turn = this.begin();
    try {
      if (older && (scrollTop < scrollHeight - scrollTop - clientHeight || !newer)) await this.loadOlder(turn);
      else await this.loadNewer(turn);
    } catch {
      await new Promise(later => setTimeout(later, 2000)); // the banner says that the connection is lost
    } finally {
      this.end(turn);
    }
    requestAnimationFrame(() => this.scrolled());
  }

  async loadOlder(turn) {
    const page = await this.fetch(this.items[0].entry.position);
    if (this.isLate(turn)) return;
    this.atStart = page.length < PAGE;
    this.keepingPlace(() => {
      while (this.items.length + page.length > MOST) this.dropNewer();
      this.put(page, 0);
    });
  }

  async loadNewer(turn) {
    const from = this.dropped.at(-1) ?? '';
    let page = await this.fetch(from);
    // What was entered late may have pushed the page on: read until it meets what is shown.
    const next = [];
    while (page.length && !this.isLate(turn)) {
      const missing = page.filter(entry => order(entry.position, this.tail) >= 0);
      next.unshift(...missing);
      if (missing.length < page.length || page.length < PAGE) break;
      page = await this.fetch(page[0].position);
    }
    if (this.isLate(turn)) return;
    this.dropped.pop();
    this.keepingPlace(() => {
      while (this.items.length + next.length > MOST && this.items.length) this.dropOlder();
      this.tail = from;
      this.put(next, this.items.length);
    });
  }

  /** The newest page goes; where it begins and what follows it is remembered. */
  dropNewer() {
    this.dropped.push(this.tail);
    const gone = this.items.splice(-PAGE);
    gone.forEach(item => item.element.remove());
    this.tail = gone[0].entry.position;
  }

  dropOlder() {
    this.items.splice(0, PAGE).forEach(item => item.element.remove());
    this.atStart = false;
    if (this.items.length) this.dress(0);
  }

  /** What the reader looks at stays where it is. */
  keepingPlace(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const anchor = this.items.find(item => item.element.getBoundingClientRect().bottom > top);
    const before = anchor?.element.getBoundingClientRect().top;
    change();
    if (anchor?.element.isConnected) this.scroller.scrollTop += anchor.element.getBoundingClientRect().top - before;
  }

  put(entries, index) {
    if (!this.items.length) this.list.replaceChildren(); // what stood for "nothing"
    const fresh = entries.map(entry => ({ entry, element: this.draw(entry) }));
    this.items.splice(index, 0, ...fresh);
    const after = this.items[index + fresh.length]?.element ?? null;
    const fragment = document.createDocumentFragment();
    fragment.append(...fresh.map(item => item.element));
    this.list.insertBefore(fragment, after);
    for (let i = index; i <= Math.min(index + fresh.length, this.items.length - 1); i++) this.dress(i);
  }

  /** A change, or something new. */
  receive(entry) {
    if (this.closed) return;
    if (this.busy) { this.waiting.push(entry); return; }
    const known = this.items.findIndex(item => item.entry.seq === entry.seq);
    if (known >= 0) {
      const item = this.items[known];
      const wasNear = this.nearEnd;
      if (item.entry.status !== entry.status && isBad(entry.status)) say(STATUS[entry.status] + ': ' + entry.text);
      item.entry = entry;
      const drawn = this.draw(entry);
      if (entry.kind === 'sms') this.update(item.element, drawn);
      else { item.element.replaceWith(drawn); item.element = drawn; }
      this.dress(known);
      if (wasNear) this.toEnd();
      return;
    }
    if (this.options.kind && entry.kind !== this.options.kind) return;
    if (!this.atEnd) {
      if (order(entry.position, this.tail) > 0) this.options.onaway(++this.away);
      return;
    }
    const wasNear = this.nearEnd || entry.direction === 'outbound';
    let index = this.items.length;
    while (index > 0 && order(this.items[index - 1].entry.position, entry.position) > 0) index--;
    if (index === 0 && !this.atStart && this.items.length) return;
    if (this.items.length >= MOST) { this.dropOlder(); index = Math.max(0, index - PAGE); }
    this.put([entry], index);
    this.items[index].element.classList.add('arriving');
    if (wasNear) this.toEnd(); else this.options.onaway(++this.away);
  }

  /** The bubble stays, with whatever is focused or read in it; what stands below it is new. */
  update(element, drawn) {
    element.className = drawn.className;
    for (const old of element.querySelectorAll('.meta, .problem')) old.remove();
    element.append(...drawn.querySelectorAll('.meta, .problem'));
  }

  /** A new day, or one more by the same side within minutes. */
  dress(index) {
    const { entry, element } = this.items[index];
    const before = this.items[index - 1]?.entry;
    const newDay = !before || dayKey(before.at) !== dayKey(entry.at);
    element.classList.toggle('joined', !newDay && before.kind === 'sms' && entry.kind === 'sms'
      && before.direction === entry.direction && new Date(entry.at) - new Date(before.at) < 3e5);
    element.querySelector('.day')?.remove();
    if (newDay) element.prepend(h('div', { class: 'day' }, h('span', {}, day(entry.at))));
  }

  draw(entry) {
    if (entry.kind !== 'sms') {
      return h('li', { class: 'entry call' }, h('div', { class: 'event' }, icon('call'),
        h('span', {}, h('b', {}, entry.kind === 'call' ? 'Call' : entry.kind), ' · ' + entry.text),
        h('time', { datetime: entry.at, title: full(entry.at) }, time(entry.at))));
    }
    const mine = entry.direction === 'outbound';
    const label = this.options.labelOf(entry.number);
    const pictures = entry.pictures.map(each => this.picture(each));
    const bubble = h('div', { class: 'bubble' + (entry.text ? '' : ' bare') },
      h('span', { class: 'hidden' }, mine ? 'You: ' : this.options.name + ': '),
      pictures, entry.text && h('p', {}, entry.text));
    const meta = h('div', { class: 'meta' },
      label && h('span', { class: 'label' }, label),
      h('time', { datetime: entry.at, title: full(entry.at) }, time(entry.at)),
      entry.status && h('span', { class: 'status ' + entry.status }, h('i', { 'aria-hidden': 'true' }), STATUS[entry.status]));
    const again = isBad(entry.status) && h('button', { class: 'link', onclick: () => this.options.onretry(entry) }, 'Write again');
    return h('li', { class: 'entry ' + entry.direction + (entry.status ? ' is-' + entry.status : '') }, bubble, meta,
      entry.problem && h('p', { class: 'problem' }, entry.problem, ' ', again));
  }

  picture(each) {
    if (!each.type.startsWith('image/')) return h('a', { class: 'file', href: each.url, download: each.name ?? 'attachment' }, each.name ?? 'Attachment');
    const text = 'Picture' + (each.name ? ' ' + each.name : '');
    const image = h('img', { src: each.url, alt: text, loading: 'lazy', width: 240, height: 180 });
    let tries = 0;
    image.addEventListener('error', () => {
      if (tries++ < 2) setTimeout(() => { image.src = each.url + '?' + tries; }, 700 * tries);
      else image.replaceWith(h('span', { class: 'gone' }, 'The picture can’t be loaded any more.'));
    });
    return h('button', { class: 'picture', 'aria-label': 'Open ' + text, onclick: () => this.options.onpicture(each.url, text) }, image);
  }
}
