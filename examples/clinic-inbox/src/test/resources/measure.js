// What the browser test measures and checks in the page.
window.longest = 0;
new PerformanceObserver(list => { for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration); })
  .observe({ type: 'longtask', buffered: true });

// Notices are the browser's own: that they are asked for is what can be seen here.
window.notices = [];
window.Notification = class { constructor(title, { body }) { window.notices.push(title + ': ' + body); } };
window.Notification.permission = 'granted';

window.watchScroller = () => {
  window.longest = 0;
  window.most = 0;
  window.gaps = 0;
  const list = document.querySelector('.entries');
  let due = false;
  const check = () => {
    due = false;
    const numbers = [...list.querySelectorAll('.entry')].map(each => Number(each.textContent.match(/Message (\d+) of/)?.[1])).filter(each => !Number.isNaN(each));
    for (let i = 1; i < numbers.length; i++) if (numbers[i] !== numbers[i - 1] + 1) window.gaps++;
  };
  const look = () => {
    window.most = Math.max(window.most, list.childElementCount);
    if (!due) { due = true; setTimeout(check); } // apart: its time isn't the page's
  };
  new MutationObserver(look).observe(list, { childList: true });
  look();
};

window.seen = () => ({ longest: window.longest, most: window.most, gaps: window.gaps });

/** Scrolls to one end, page after page, as fast as they come. */
window.scrollAll = up => new Promise((done, failed) => {
  const scroller = document.querySelector('.scroller');
  const name = () => { const all = scroller.querySelectorAll('.entry'); return (up ? all[0] : all[all.length - 1]).textContent; };
  let last = name();
  let still = 0;
  const step = () => {
    scroller.scrollTop += up ? -1500 : 1500;
    const now = name();
    still = now === last ? still + 1 : 0;
    last = now;
    if (still > 400) failed(new Error('stuck at ' + now));
    else if (/Message (\d+) of (\d+)/.test(now) && Number(RegExp.$1) === (up ? 0 : Number(RegExp.$2))) setTimeout(done, 100);
    else setTimeout(step, 16);
  };
  step();
});

window.visiblyFocused = () => {
  const element = document.activeElement;
  if (element === document.body) return true;
  const shown = [element, element.nextElementSibling, element.closest('.paper')].filter(Boolean).map(each => getComputedStyle(each));
  return shown.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1);
};

// Names and contrast, as WCAG counts them.
const channels = color => color.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(each => each / 255).map(each => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
  .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
function ground(element) {
  for (let each = element; each; each = each.parentElement) {
    const color = channels(getComputedStyle(each).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
}
window.findFaults = () => {
  const faults = [];
  for (const element of document.querySelectorAll('a, button, input, select, textarea, img, [role=img], dialog, nav, section')) {
    if (!element.checkVisibility()) continue;
    const name = element.getAttribute('aria-label') ?? (element.getAttribute('aria-labelledby') ? document.getElementById(element.getAttribute('aria-labelledby'))?.textContent : null)
      ?? (element.labels?.length ? element.labels[0].textContent : null) ?? (element.tagName === 'IMG' ? element.getAttribute('alt') : element.textContent);
    const free = element.tagName === 'IMG' && element.getAttribute('alt') === '' || element.tagName === 'SECTION';
    if (!free && !name?.trim()) faults.push('no name: ' + element.outerHTML.slice(0, 120));
  }
  const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  for (const id of new Set(ids)) if (ids.filter(each => each === id).length > 1) faults.push('id twice: ' + id);
  if (document.querySelectorAll('main:not([hidden])').length < 1) faults.push('no main landmark');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility({ opacityProperty: true }) || element.closest('.hidden, script, style, :disabled, .marks, noscript, option, .skip, svg')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(channels(style.color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    if (contrast < (size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700) ? 3 : 4.5)) {
      faults.push('contrast ' + contrast.toFixed(2) + ': ' + walker.currentNode.textContent.trim().slice(0, 40));
    }
  }
  return faults;
};
