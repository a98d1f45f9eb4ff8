// All the script of the site; every act also works without it. No eval, no innerHTML, no library but htmx.
'use strict';
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, act) => document.addEventListener(type, act);
const meta = name => $(`meta[name=${name}]`)?.content ?? '';
const words = id => $('#' + id).content.textContent.trim();

// Once at the start, and for every piece that arrives.
function prepare(root) {
  for (const part of $$('[data-js]', root)) part.hidden = false; // what needs a script
  for (const text of $$('textarea[data-most]', root)) count(text);
  for (const region of $$('[data-autosave]', root)) begin(region);
}

// --- Toasts: the server sends them as <hx-partial hx-target="#toasts">; they leave by themselves -------------------
const toasts = $('#toasts');
const leave = toast => setTimeout(() => toast.remove(), toast.matches('.harm') ? 12000 : 6000);
const say = id => toasts.append($('#' + id).content.cloneNode(true));
[...toasts.children].forEach(leave);
new MutationObserver(changes => {
  for (const {addedNodes} of changes)
    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) leave(node);
}).observe(toasts, {childList: true});

// --- Optimistic toggle: aria-pressed flips at once, and back if the request fails ----------------------------------
const toggleOf = source => source?.matches?.('[data-optimistic]') ? source : source && $('[data-optimistic]', source);
on('htmx:before:request', ({detail: {ctx}}) => {
  const button = toggleOf(ctx.sourceElement);
  if (!button) return;
  ctx.was = button.getAttribute('aria-pressed');
  button.setAttribute('aria-pressed', String(ctx.was !== 'true'));
});
function revert(ctx) {
  if (ctx.was) toggleOf(ctx.sourceElement)?.setAttribute('aria-pressed', ctx.was);
}

// --- Autosave: <fieldset data-autosave="id of its status" hx-post hx-trigger="input delay:800ms, again"> ------------
// Typed text is kept on the device until the server has it; signing out removes it. Without hx-post it stays there until its
// form is sent.
// Where two windows may hold different texts, the fieldset has hidden fields: `version` (what its text is based on), `mark`
// (this window and how far it has typed) and `past` (windows whose text was brought back into this one). They are kept with
// the text: the server tells from them whose text would be overwritten. data-settled: marks whose text it has.
const AGAIN = 10000;
const regionOf = source => source?.closest?.('[data-autosave]');
const regions = () => $$('[data-autosave]');
const isKept = field => field.name && !['hidden', 'file', 'password', 'submit', 'button'].includes(field.type);
const isUnsaved = region => (region.typed ?? 0) !== (region.sent ?? 0);
const base = (region, name) => $(`input[type=hidden][name=${name}]`, region);
const stem = address => `kept:${meta('person')}:${address}`;
const goal = region => region.getAttribute('hx-post') ?? region.form.getAttribute('action');
const place = region => stem(goal(region)) + (region.dataset.window ? '#' + region.dataset.window : '');
const store = { // full or forbidden: the page still holds the text
  get: name => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch {} },
  drop: name => { try { localStorage.removeItem(name); } catch {} },
  names: () => { try { return Object.keys(localStorage).filter(name => name.startsWith('kept:')); } catch { return []; } },
};
const forget = isOld => store.names().filter(isOld).forEach(store.drop);
// What was kept at an address, by whichever windows: the oldest first.
const keptAt = address => store.names().filter(name => name === stem(address) || name.startsWith(stem(address) + '#'))
  .map(name => ({name, ...store.get(name)})).filter(kept => kept.typed).sort((one, other) => one.at - other.at);

function status(region, id) {
  const line = $('#' + region.dataset.autosave), isHere = !region.matches('[hx-post]');
  line?.classList.toggle('unsaved', Boolean(id) && !isHere);
  if (line && id) line.textContent = words(isHere ? 't-here' : id);
}
function begin(region) {
  if (!base(region, 'mark') || region.dataset.window) return;
  region.dataset.window = Array.from(crypto.getRandomValues(new Uint8Array(6)), byte => byte.toString(36).padStart(2, '0')).join('');
  sign(region);
}
function sign(region) {
  if (base(region, 'mark')) base(region, 'mark').value = `${region.dataset.window}.${region.typed ?? 0}`;
}
function keep(region) {
  region.typed = (region.typed ?? 0) + 1;
  sign(region);
  if (!meta('person')) return;
  const fields = [...region.elements].filter(isKept);
  const typed = fields.map(field => [field.id || field.name, field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value]);
  const based = Object.fromEntries(['version', 'mark', 'past'].map(name => [name, base(region, name)?.value ?? '']));
  store.set(place(region), {at: Date.now(), typed, ...based});
}
// Into a sheet that is as the server has it; what other windows type meanwhile stays theirs.
const opened = Date.now();
function restore(region) {
  if (isUnsaved(region)) return;
  const settled = new Map((region.dataset.settled ?? '').split(' ').map(mark => mark.split('.')));
  for (const {name, at, typed, version, mark, past} of keptAt(goal(region))) {
    if (at > opened) continue;
    const [by, count] = (mark ?? '').split('.');
    const fields = typed.map(([id, value]) => [[...region.elements].find(each => (each.id || each.name) === id), value])
      .filter(([field, value]) => field && field[typeof value === 'boolean' ? 'checked' : 'value'] !== value);
    if (!fields.length || Number(settled.get(by) ?? -1) >= Number(count)) { store.drop(name); continue; }
    for (const [field, value] of fields) field[typeof value === 'boolean' ? 'checked' : 'value'] = value;
    if (mark) {
      delete region.dataset.window; // another text, another name: it didn't grow out of what stood here
      begin(region);
      base(region, 'version').value = version;
      base(region, 'past').value = `${past} ${mark}`.trim().split(' ').slice(-12).join(' ');
    }
    keep(region); // by this window from now on
    if (name !== place(region)) store.drop(name);
    region.isRestored = true;
    status(region, 't-unsaved');
    htmx.trigger(region, 'again');
    return;
  }
}
on('input', ({target}) => {
  const region = regionOf(target);
  if (!region) return;
  keep(region);
  status(region, 't-unsaved');
});
on('htmx:before:request', ({detail: {ctx}}) => { ctx.typed = new Map(regions().map(region => [region, region.typed])); });
on('htmx:after:request', ({detail: {ctx}}) => {
  const source = ctx.sourceElement;
  if (ctx.response.status >= 400 || !source) return;
  const whole = source.matches('form') ? source : source.matches('[formaction]') && source.form;
  for (const region of whole ? $$('[data-autosave]', whole) : source.matches('[data-autosave]') ? [source] : [])
    settle(region, ctx.typed.get(region));
});
function settle(region, typed) {
  region.sent = typed;
  region.isCutOff = false;
  region.isBehind = isUnsaved(region); // typed meanwhile
  if (region.isBehind) return;
  store.drop(place(region));
  status(region, '');
}
on('htmx:finally:request', () => setTimeout(() => { // then the new version is there, and the line is free
  again(region => region.isBehind);
  regions().filter(region => region.isRestored).forEach(restore); // of several windows that were closed: the next one
}));
// Without an answer: tried again, and at once when the line is back. A page that is left saves what it can.
const again = isWanted => regions().filter(region => isUnsaved(region) && isWanted(region)).forEach(region => htmx.trigger(region, 'again'));
setInterval(again, AGAIN, region => region.isCutOff);
addEventListener('online', () => again(() => true));
on('visibilitychange', () => document.visibilityState === 'hidden' && again(() => true));

// The other text is wanted: what was typed here goes.
function letGo(region) {
  region.sent = region.typed;
  store.drop(place(region));
}
// Signing out removes what is kept here, once it is done. What the server hasn't got is sent first; what it can't have (no
// network, an evaluation half written) goes with a second press.
const SOON = 1500;
function signOut(event, button) {
  if (!store.names().length || button.dataset.sure) return;
  event.preventDefault();
  again(() => true);
  setTimeout(() => {
    button.dataset.sure = 'yes';
    if (store.names().length) say('t-unsent'); else button.click();
  }, SOON);
}

// --- No answer, or a bad one ---------------------------------------------------------------------------------------
function cutOff(region, id, isWorthAnotherTry) {
  region.isCutOff = isWorthAnotherTry;
  region.isBehind = false;
  status(region, id);
}
on('htmx:response:error', ({detail: {ctx}}) => {
  revert(ctx);
  if (ctx.sourceElement?.matches?.('[data-autosave]')) cutOff(ctx.sourceElement, 't-unsaved', ctx.response.status >= 429);
});
on('htmx:error', ({detail: {ctx}}) => {
  if (!ctx || ctx.response) return; // an error of ours, not of the network
  revert(ctx);
  if (ctx.sourceElement?.matches?.('[data-autosave]')) cutOff(ctx.sourceElement, 't-kept', true);
  else if (!ctx.request?.action?.includes('poll=')) say('t-offline'); // a poll stays silent
});

// --- Focus after a swap --------------------------------------------------------------------------------------------
const WRONG = '[aria-invalid=true], [data-wrong] input';
// A piece arrives before the old one goes: of <details name> the browser then leaves the old one open. The focus alone
// leaves a field, and what is said under it, behind the bar at the thumb (Firefox).
function showWrong(field) {
  if (!field) return;
  const folded = field.closest('details:not([open])');
  if (folded) folded.open = true;
  field.focus({preventScroll: true});
  for (const each of [field.closest('.field, .group'), field]) each?.scrollIntoView({block: 'nearest'}); // a group may be taller than the screen
}
on('htmx:before:swap', ({detail: {ctx}}) => {
  if (ctx.sourceElement?.matches?.('[data-more]') && ctx.sourceEvent?.type === 'click')
    ctx.lastRow = ctx.sourceElement.closest('li').previousElementSibling;
});
on('htmx:after:swap', ({target, detail: {ctx}}) => {
  const root = target instanceof Element ? target : document;
  prepare(document);
  if (ctx.response?.status === 422) showWrong($(WRONG, root) ?? $(WRONG));
  if (ctx.lastRow) $('a', ctx.lastRow.nextElementSibling ?? document)?.focus(); // «Voir plus» pressed: the first new row
  $$('[data-beside-now]').forEach(mark);
});

// --- History belongs to the browser --------------------------------------------------------------------------------
// htmx stamps the entry at the first swap and, without the Navigation API, would fetch the page again and replace
// <body> for somebody who comes back from a #fragment: typed text would be lost. We never push, so: never restore.
on('htmx:before:history:restore', event => event.preventDefault());

// --- The desk by keyboard: next, previous, settle (opens first), undo; never while somebody types --------------------
const ON_DESK = {j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, s: '[data-settle]', u: '[data-undo]'};
document.addEventListener('keydown', event => {
  const list = document.getElementById('desk-list'), does = ON_DESK[event.key], here = document.activeElement;
  if (!list || !does || event.ctrlKey || event.metaKey || event.altKey || here.matches('input, textarea, select, [contenteditable]')) return;
  const item = here.closest('#desk-list > li');
  if (!item && (here !== document.body || typeof does === 'string' || event.key.length > 1)) return;
  const stops = $$(':scope > li', list).map(each => each.querySelector('summary, [data-undo]')).filter(Boolean);
  event.preventDefault();
  if (typeof does === 'number') return stops[item ? Math.max(0, Math.min(stops.length - 1, stops.findIndex(each => item.contains(each)) + does)) : 0]?.focus();
  const details = item.querySelector('details');
  if (event.key === 's' && details && !details.open) details.open = true;
  else (item.querySelector(does) ?? (event.key === 'u' ? list.querySelector(does) : null))?.click();
});

// --- Stale pages: elements with hx-trigger="stale from:body" refresh themselves ------------------------------------
const stale = () => document.visibilityState === 'visible' && htmx.trigger(document.body, 'stale');
setInterval(stale, 30000);
on('visibilitychange', stale);
// What two people look at together (hx-trigger="pulse from:body") asks more often, while somebody looks.
setInterval(() => document.visibilityState === 'visible' && $('[hx-trigger*=pulse]') && htmx.trigger(document.body, 'pulse'), 5000);
// Signed out meanwhile (a shared phone): neither Back nor another window must show the page. The readable cookie "mark"
// comes and goes with the session; <meta name=session> holds what it was.
function isAnothers() {
  const mark = document.cookie.match(/(?:^|; )mark=([^;]*)/)?.[1] ?? '';
  if (mark === meta('session')) return false;
  document.documentElement.hidden = true;
  location.reload();
  return true;
}
addEventListener('pageshow', ({persisted}) => persisted && !isAnothers() && stale());
on('visibilitychange', () => document.visibilityState === 'visible' && isAnothers());

// --- Clicks --------------------------------------------------------------------------------------------------------
const isPlain = event => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
on('click', event => {
  const at = selector => event.target.closest?.(selector);
  const opener = at('[data-dialog]'), closer = at('dialog [data-close]'), link = at('a[data-beside]');
  if (opener && isPlain(event)) {
    event.preventDefault();
    $('#' + opener.dataset.dialog).showModal();
  }
  if (closer) {
    event.preventDefault();
    closer.closest('dialog').close();
  }
  // closedby="any" where the browser does not know it: a click on the backdrop
  if (event.target.matches?.('dialog[closedby=any]') && !('closedBy' in HTMLDialogElement.prototype)) event.target.close();
  if (link && isPlain(event)) showBeside(link, event);
  if (at('[data-print]')) print();
  if (at('[data-sign-out]')) signOut(event, at('[data-sign-out]'));
  if (at('[data-let-go]')) regions().forEach(letGo);
  for (const menu of $$('[data-menu][open]')) if (!menu.contains(event.target)) menu.open = false;
});
on('keydown', event => {
  const menu = event.key === 'Escape' && $('[data-menu][open]');
  if (!menu) return;
  menu.open = false;
  $('summary', menu).focus();
});
// Who tabs on has left it: it would lie over what has the focus now.
on('focusout', event => {
  const menu = event.target.closest?.('[data-menu][open]');
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});
on('saved', () => $('dialog[open]')?.close()); // HX-Trigger: saved; close() gives the focus back

// --- Beside: <a href data-beside="id of the pane" hx-get hx-target="#pane" hx-trigger="beside"> ---------------------
// Where the pane is seen, the link fills it; a second click, and every phone, opens the page.
function showBeside(link, event) {
  const pane = $('#' + link.dataset.beside);
  if (!pane?.getClientRects().length || link.hasAttribute('aria-current')) return;
  event.preventDefault();
  pane.dataset.besideNow = link.getAttribute('href');
  mark(pane);
  htmx.trigger(link, 'beside');
}
function mark(pane) {
  for (const link of $$(`a[data-beside="${pane.id}"]`))
    if (link.getAttribute('href') === pane.dataset.besideNow) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
}

// --- Folded parts keep their state in the address: <details data-fold="notes">, ?open=notes -------------------------
document.addEventListener('toggle', event => {
  if (!event.target.matches?.('details[data-fold]')) return;
  const here = new URL(location.href);
  const open = $$('details[data-fold][open]').map(part => part.dataset.fold).join(',');
  if (open) here.searchParams.set('open', open); else here.searchParams.delete('open');
  history.replaceState(history.state, '', here.href.replaceAll('%2C', ','));
}, true);

// --- Character counter: shows itself near the limit ----------------------------------------------------------------
function count(text) {
  const line = $('.counter', text.closest('.field'));
  const most = Number(text.dataset.most), left = most - [...text.value].length;
  if (!line) return;
  line.hidden = left > Math.max(60, most / 10);
  line.classList.toggle('over', left < 0);
  line.textContent = line.hidden ? '' : `${left < 0 ? line.dataset.over : line.dataset.left} ${Math.abs(left)}`;
}
let soon;
on('input', ({target}) => {
  if (!target.matches?.('textarea[data-most]')) return;
  clearTimeout(soon);
  soon = setTimeout(count, 250, target); // not at every key: it is read aloud
});

// --- Tabs that scroll sideways: the page's own in view ---------------------------------------------------------------
$$('.tabs [aria-current]').forEach(tab => tab.scrollIntoView({block: 'nearest', inline: 'center'}));

// --- A file that is too large is said before it travels: <input type="file" data-heaviest="bytes" data-heavy="words"> -----
on('change', ({target}) => {
  if (!target.matches?.('[data-heaviest]')) return;
  const id = `${target.id}-error`;
  $('#' + id)?.remove();
  target.removeAttribute('aria-invalid');
  if (![...target.files].some(file => file.size > Number(target.dataset.heaviest))) return;
  target.value = '';
  target.setAttribute('aria-invalid', 'true');
  target.setAttribute('aria-errormessage', id);
  target.after(Object.assign(document.createElement('p'), {id, className: 'error', role: 'alert', textContent: target.dataset.heavy}));
});

// --- Start ---------------------------------------------------------------------------------------------------------
prepare(document);
showWrong($(WRONG));
const ours = `kept:${meta('person')}:`;
// Somebody else's on this device, and one's own once one has left (the server says so by #left).
forget(name => meta('person') ? !name.startsWith(ours) : location.hash === '#left');
addEventListener('load', () => setTimeout(() => regions().forEach(restore), 100)); // htmx has to be ready to save what comes back
// What was typed in vain: the page it was typed on no longer takes it.
for (const notice of $$('[data-kept]')) {
  const lines = keptAt(notice.dataset.kept).flatMap(kept => kept.typed.map(([, value]) => value)).filter(value => typeof value === 'string' && value);
  $('pre', notice).textContent = lines.join('\n\n');
  notice.hidden = !lines.length;
}
navigator.serviceWorker?.register('/sw.js').catch(() => {});
