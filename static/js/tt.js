// Trusted Types: only htmx parses HTML here, and only what our own server sent (connect-src 'self').
'use strict';
if (window.trustedTypes) {
  const isOurs = url => new URL(url, location.href).origin === location.origin;
  trustedTypes.createPolicy('default', {
    createHTML: text => text,
    createScript: () => null, // no script arrives inside a piece
    createScriptURL: url => (isOurs(url) ? url : null), // the service worker
  });
}
