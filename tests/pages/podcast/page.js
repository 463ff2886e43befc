// The page's side of a download that goes on without it: ask for it, follow it while we are here.
'use strict';

const episode = {
  id: 'ep-5',
  requests: ['/ep-5.mp3', 'ep-5-artwork.jpg'],
  options: {
    title: 'Episode 5: How a ferry keeps its timetable',
    icons: [{src: 'ep-5-icon.png', sizes: '96x96', type: 'image/png'}],
    downloadTotal: 60 * 1024 * 1024,
  },
};

function show(id, text) {
  document.getElementById(id).textContent = text;
}

function follow(download) {
  const update = () => {
    const percent = Math.floor(100 * download.downloaded / download.downloadTotal);
    show('progress', `${download.downloaded} bytes of at most ${download.downloadTotal} (${percent} %)`);
    if (download.result === '') return;
    show('state', download.result === 'success' ? 'downloaded' : `failed: ${download.failureReason}`);
    console.log(`page: ${download.id} ended: ${download.result} ${download.failureReason}`.trimEnd());
  };
  download.addEventListener('progress', update);
  update();
}

async function main() {
  await navigator.serviceWorker.register('worker.js');
  const registration = await navigator.serviceWorker.ready;
  // A download that an earlier visit began is still there, also after a crash: go on with it.
  let download = await registration.backgroundFetch.get(episode.id);
  if (download) {
    console.log(`page: ${episode.id} is already under way, ${download.downloaded} bytes are here`);
  } else {
    download = await registration.backgroundFetch.fetch(episode.id, episode.requests, episode.options);
    console.log(`page: ${episode.id} began`);
  }
  show('state', 'downloading');
  follow(download);
}

main();
