// The worker's side: it is started when a download has ended, whether or not a page is open.
'use strict';

addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));

// Reads a body piece by piece: an episode doesn't have to fit into memory.
async function countBytes(response) {
  const reader = response.body.getReader();
  let bytes = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return bytes;
    bytes += value.byteLength;
  }
}

addEventListener('backgroundfetchsuccess', event => {
  event.waitUntil((async () => {
    const records = await event.registration.matchAll();
    for (const record of records) {
      const response = await record.responseReady;
      const bytes = await countBytes(response);
      console.log(`worker: ${new URL(record.request.url).pathname}: ${response.status}, ${bytes} bytes`);
    }
    await event.updateUI({title: 'Episode 5 is ready to play'});
  })());
});

addEventListener('backgroundfetchfail', event => {
  console.error(`worker: ${event.registration.id} failed: ${event.registration.failureReason}`);
  event.waitUntil(event.updateUI({title: 'Episode 5 could not be downloaded'}));
});

addEventListener('backgroundfetchabort', event => {
  console.warn(`worker: ${event.registration.id} was cancelled`);
});

addEventListener('backgroundfetchclick', event => {
  event.waitUntil(clients.openWindow('./'));
});
