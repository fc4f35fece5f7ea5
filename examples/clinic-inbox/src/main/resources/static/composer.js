// Where one writes: which number, a template, the counter with what makes a text dear, or a call to note down.
import { api, h, icon, key, say, words } from './dom.js';

export class Composer {
  /** @param options thread (or null), lines, name, onsent(conversation) */
  constructor(options) {
    this.options = options;
    this.key = key();
    this.template = null;
    this.counted = 0;
    this.offenders = [];
    const { lines, name } = options;
    this.to = h('select', { 'aria-label': 'Number to write to', onchange: () => this.refresh() },
      lines.map(line => h('option', { value: line.number }, line.label + ' · ' + line.shown)));
    this.templates = h('select', { 'aria-label': 'Template', onchange: () => this.fill() }, h('option', { value: '' }, 'Template…'));
    this.text = h('textarea', { id: 'text', rows: 1, 'aria-label': 'Message to ' + name, 'aria-describedby': 'count', placeholder: 'Message to ' + name,
      oninput: () => this.changed(), onscroll: () => { this.marks.scrollTop = this.text.scrollTop; }, onkeydown: event => this.pressed(event) });
    this.marks = h('div', { class: 'marks', 'aria-hidden': 'true' });
    this.count = h('p', { id: 'count', class: 'count' });
    this.replace = h('button', { type: 'button', class: 'link', hidden: true, onclick: () => this.replaceAll() });
    this.error = h('p', { class: 'error', role: 'alert', hidden: true });
    this.button = h('button', { class: 'send', 'aria-label': 'Send', title: 'Send (Enter)' }, icon('send'));
    this.writing = h('form', { class: 'writing', onsubmit: event => { event.preventDefault(); this.send(); } },
      h('div', { class: 'write' }, h('div', { class: 'paper' }, this.marks, this.text), this.button),
      h('div', { class: 'under' }, this.count, this.replace));
    this.minutes = h('input', { type: 'number', min: 0, max: 600, value: 5, inputmode: 'numeric' });
    this.note = h('input', { type: 'text', maxlength: 500, placeholder: 'What was said' });
    this.calling = h('form', { class: 'calling', hidden: true, onsubmit: event => { event.preventDefault(); this.addCall(); } },
      h('label', {}, 'Minutes ', this.minutes), h('label', { class: 'wide' }, h('span', { class: 'hidden' }, 'Note'), this.note),
      h('button', { class: 'primary' }, 'Add call'));
    const mode = (value, text) => h('label', {}, h('input', { type: 'radio', name: 'mode', value, checked: value === 'sms',
      onchange: () => this.show(value) }), h('span', {}, text));
    this.element = h('div', { class: 'composer' },
      h('div', { class: 'tools' },
        options.thread && h('div', { class: 'segmented small', role: 'group', 'aria-label': 'What to add' }, mode('sms', 'Text'), mode('call', 'Call')),
        this.to, this.templates),
      this.error, this.writing, this.calling);
    this.loadTemplates();
    this.refresh();
  }

  async loadTemplates() {
    try {
      const filled = await api('/api/templates?' + new URLSearchParams({ name: this.options.known ? this.options.name : '' }));
      this.filled = Object.fromEntries(filled.map(each => [each.id, each.text]));
      this.templates.append(...filled.map(each => h('option', { value: each.id }, words(each.id))));
    } catch { this.templates.hidden = true; }
  }

  show(mode) {
    this.writing.hidden = mode !== 'sms';
    this.calling.hidden = mode !== 'call';
    this.templates.hidden = mode !== 'sms';
    (mode === 'sms' ? this.text : this.minutes).focus();
  }

  fill() {
    if (!this.templates.value) return;
    this.template = this.templates.value;
    this.put(this.filled[this.template]);
    this.templates.value = '';
  }

  put(text) {
    this.text.value = text;
    this.changed();
    this.text.focus();
    this.text.setSelectionRange(text.length, text.length);
  }

  pressed(event) {
    const hasKeyboard = matchMedia('(pointer: fine)').matches;
    if (event.key === 'Enter' && !event.isComposing && ((hasKeyboard && !event.shiftKey) || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    }
  }

  changed() {
    this.key = key(); // another text is another message
    this.error.hidden = true;
    this.offenders = [];
    this.refresh();
  }

  refresh() {
    this.text.style.height = 'auto';
    this.text.style.height = Math.min(this.text.scrollHeight, 180) + 'px';
    this.button.disabled = !this.text.value.trim();
    this.mark();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.recount(), 120);
  }

  async recount() {
    const turn = ++this.counted;
    const text = this.text.value;
    if (!text) { this.count.textContent = ''; this.replace.hidden = true; return; }
    let counter;
    try { counter = await api('/api/count', { text }); } catch { return; }
    if (turn !== this.counted || text !== this.text.value) return;
    this.offenders = counter.offenders;
    this.mark();
    const sms = counter.segments + (counter.segments === 1 ? ' SMS' : ' SMS, sent as one');
    const why = [...new Set(counter.offenders.map(each => each.character))].slice(0, 6).join(' ');
    this.count.classList.toggle('dear', counter.offenders.length > 0);
    this.count.textContent = counter.tooLong ? 'Too long to be sent: ' + counter.segments + ' SMS'
      : sms + ' · ' + counter.left + ' left' + (why ? ' · only 70 a piece because of ' + why : '');
    const can = counter.offenders.filter(each => each.suggestion !== null);
    this.replace.hidden = !can.length;
    this.replace.textContent = 'Replace ' + can.map(each => each.character + ' by ' + (each.suggestion || 'nothing')).slice(0, 3).join(', ')
      + (can.length > 3 ? ' …' : '') + (counter.saved ? ' (saves ' + counter.saved + ' SMS)' : '');
  }

  /** The same text lies behind the text, with the dear characters marked. */
  mark() {
    const text = this.text.value;
    const parts = [];
    let at = 0;
    for (const each of this.offenders) {
      parts.push(text.slice(at, each.index), h('mark', {}, text.slice(each.index, each.index + each.length)));
      at = each.index + each.length;
    }
    this.marks.replaceChildren(...parts, text.slice(at) + '\n');
    this.marks.scrollTop = this.text.scrollTop;
  }

  replaceAll() {
    let text = this.text.value;
    for (const each of [...this.offenders].reverse()) {
      if (each.suggestion !== null) text = text.slice(0, each.index) + each.suggestion + text.slice(each.index + each.length);
    }
    this.put(text);
  }

  async send() {
    const text = this.text.value;
    if (!text.trim() || this.button.disabled) return;
    this.button.disabled = true;
    this.error.hidden = true;
    try {
      const sent = await api('/api/messages', { conversation: this.options.thread, to: this.to.value, text, template: this.template,
        name: this.options.known ? this.options.name : '', key: this.key });
      if (sent.outcome === 'rejected') {
        this.refuse(sent.message);
      } else {
        this.template = null;
        if (this.text.value === text) this.put('');
        if (sent.outcome === 'unknown') this.refuse(sent.message); else say('Sent');
      }
      this.options.onsent(sent.conversation);
    } catch (error) {
      this.refuse(error.message + ' Your text is still here; sending it again sends it once.');
    } finally {
      this.button.disabled = !this.text.value.trim();
    }
  }

  refuse(message) {
    this.error.textContent = message;
    this.error.hidden = false;
  }

  async addCall() {
    try {
      await api('/api/conversations/' + this.options.thread + '/calls',
        { number: this.to.value, minutes: Number(this.minutes.value), note: this.note.value });
      this.note.value = '';
      say('Call added');
    } catch (error) { this.refuse(error.message); }
  }
}
