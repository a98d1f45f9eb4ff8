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
// Typed text is kept on the device until the server has it; signing out removes it.
const regionOf = source => source?.closest?.('[data-autosave]');
const isKept = field => field.name && !['hidden', 'file', 'password', 'submit'].includes(field.type);
const place = region => `kept:${meta('person')}:${region.getAttribute('hx-post')}`;

function status(region, id) {
  const line = $('#' + region.dataset.autosave);
  line?.classList.toggle('unsaved', Boolean(id));
  if (line && id) line.textContent = words(id);
}
function keep(region) {
  const fields = [...region.elements].filter(isKept);
  const typed = fields.map(field => [field.id || field.name, field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value]);
  try {
    if (meta('person')) localStorage.setItem(place(region), JSON.stringify({at: Date.now(), typed}));
  } catch {} // a full or forbidden store: the page still holds the text
}
function restore(region) {
  const {typed = []} = JSON.parse(localStorage.getItem(place(region)) ?? '{}');
  let isNew = false;
  for (const [name, value] of typed) {
    const field = [...region.elements].find(each => (each.id || each.name) === name);
    if (!field) continue;
    const key = typeof value === 'boolean' ? 'checked' : 'value';
    isNew ||= field[key] !== value;
    field[key] = value;
  }
  if (!isNew) return localStorage.removeItem(place(region));
  status(region, 't-unsaved');
  htmx.trigger(region, 'again');
}
function forget(isOld) {
  for (const name of Object.keys(localStorage)) if (name.startsWith('kept:') && isOld(name)) localStorage.removeItem(name);
}
on('input', ({target}) => {
  const region = regionOf(target);
  if (!region) return;
  region.typed = (region.typed ?? 0) + 1;
  keep(region);
  status(region, 't-unsaved');
});
on('htmx:before:request', ({detail: {ctx}}) => { ctx.typed = ctx.sourceElement?.typed; });
on('htmx:after:request', ({detail: {ctx}}) => {
  const source = ctx.sourceElement;
  if (ctx.response.status >= 400 || !source) return;
  if (source.matches('form')) // sent as a whole: nothing is left to keep
    for (const region of $$('[data-autosave]', source)) localStorage.removeItem(place(region));
  else if (source.matches('[data-autosave]') && source.typed === ctx.typed) {
    localStorage.removeItem(place(source));
    status(source, '');
  }
});
addEventListener('online', () => $$('[data-autosave]').filter(region => region.typed).forEach(region => htmx.trigger(region, 'again')));

// --- No answer, or a bad one ---------------------------------------------------------------------------------------
on('htmx:response:error', ({detail: {ctx}}) => {
  revert(ctx);
  if (ctx.sourceElement?.matches?.('[data-autosave]')) status(ctx.sourceElement, 't-unsaved');
});
on('htmx:error', ({detail: {ctx}}) => {
  if (!ctx || ctx.response) return; // an error of ours, not of the network
  revert(ctx);
  if (ctx.sourceElement?.matches?.('[data-autosave]')) status(ctx.sourceElement, 't-kept');
  else if (!ctx.request?.action?.includes('poll=')) say('t-offline'); // a poll stays silent
});

// --- Focus after a swap --------------------------------------------------------------------------------------------
const WRONG = '[aria-invalid=true], [data-wrong] input';
on('htmx:before:swap', ({detail: {ctx}}) => {
  if (ctx.sourceElement?.matches?.('[data-more]') && ctx.sourceEvent?.type === 'click')
    ctx.lastRow = ctx.sourceElement.closest('li').previousElementSibling;
});
on('htmx:after:swap', ({target, detail: {ctx}}) => {
  const root = target instanceof Element ? target : document;
  prepare(document);
  if (ctx.response?.status === 422) ($(WRONG, root) ?? $(WRONG))?.focus();
  if (ctx.lastRow) $('a', ctx.lastRow.nextElementSibling ?? document)?.focus(); // «Voir plus» pressed: the first new row
  $$('[data-beside-now]').forEach(mark);
});

// --- History belongs to the browser --------------------------------------------------------------------------------
// htmx stamps the entry at the first swap and, without the Navigation API, would fetch the page again and replace
// <body> for somebody who comes back from a #fragment: typed text would be lost. We never push, so: never restore.
on('htmx:before:history:restore', event => event.preventDefault());

// --- Stale pages: elements with hx-trigger="stale from:body" refresh themselves ------------------------------------
const stale = () => document.visibilityState === 'visible' && htmx.trigger(document.body, 'stale');
setInterval(stale, 30000);
on('visibilitychange', stale);
// What two people look at together (hx-trigger="pulse from:body") asks more often, while somebody looks.
setInterval(() => document.visibilityState === 'visible' && $('[hx-trigger*=pulse]') && htmx.trigger(document.body, 'pulse'), 5000);
// Signed out meanwhile (a shared phone): Back must not show the page. The readable cookie "mark" comes and goes with the
// session; <meta name=session> holds what it was.
addEventListener('pageshow', event => {
  if (!event.persisted) return;
  const mark = document.cookie.match(/(?:^|; )mark=([^;]*)/)?.[1] ?? '';
  if (mark !== meta('session')) {
    document.documentElement.hidden = true;
    location.reload();
  } else stale();
});

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
  if (at('[data-sign-out]')) forget(() => true);
  for (const menu of $$('[data-menu][open]')) if (!menu.contains(event.target)) menu.open = false;
});
on('keydown', event => {
  const menu = event.key === 'Escape' && $('[data-menu][open]');
  if (!menu) return;
  menu.open = false;
  $('summary', menu).focus();
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

// --- Start ---------------------------------------------------------------------------------------------------------
prepare(document);
$(WRONG)?.focus();
const ours = `kept:${meta('person')}:`;
if (meta('person')) forget(name => !name.startsWith(ours)); // somebody else's on this device
const bringBack = () => $$('[data-autosave]').filter(region => localStorage.getItem(place(region))).forEach(restore);
addEventListener('load', () => setTimeout(bringBack, 100)); // htmx has to be ready to save what comes back
navigator.serviceWorker?.register('/sw.js').catch(() => {});
