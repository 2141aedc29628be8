// The page without reloads: files go up one request each, their progress
// comes down one event stream for all of them, and each ends as the card that
// the server renders. Everything here also works without this script.

const parallel = 3; // uploads at a time; the server bounds them as well
const maxWatched = 100; // ids in one stream, as the server has it
const regather = 120; // ms to gather new ids before the stream is opened anew
const retryAfter = 3000; // ms until a stream that the server refused is tried again

const drop = document.getElementById('drop');
const rows = document.getElementById('rows');
const status = document.getElementById('status');

// ---- uploads ---------------------------------------------------------------

const waiting = []; // {file, key, line}
let sending = 0;

function add(files) {
  if (files.length === 0) return;
  const section = document.getElementById('uploads');
  section.hidden = false;
  for (const file of files) {
    const item = document.getElementById('row').content.cloneNode(true).firstElementChild;
    const line = item.querySelector('.line');
    line.querySelector('.file').textContent = file.name;
    rows.append(item);
    const upload = { file, key: randomKey(), line };
    line.querySelector('.again').addEventListener('click', () => again(upload));
    if (file.size > Number(drop.dataset.maxBytes)) fail(line, drop.dataset.tooLarge, false);
    else waiting.push(upload);
  }
  section.scrollIntoView({ block: 'nearest' });
  count();
  pump();
}

// randomKey names one upload, so that sending it again after a lost answer is
// not a second submission.
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

function pump() {
  while (sending < parallel && waiting.length > 0) {
    sending++;
    send(waiting.shift());
  }
  document.documentElement.classList.toggle('busy', sending > 0 || watched.size > 0);
}

function send({ file, key, line }) {
  const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
  request.open('POST', '/api/replays?name=' + encodeURIComponent(file.name));
  request.responseType = 'json';
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('Idempotency-Key', key);
  const bar = line.querySelector('progress');
  const percent = line.querySelector('.percent');
  request.upload.addEventListener('progress', (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    percent.textContent = Math.floor(bar.value) + '%';
  });
  request.addEventListener('loadend', () => {
    sending--;
    sent(request, line);
    pump();
  });
  request.send(file);
}

function sent(request, line) {
  const answer = request.response;
  if (request.status >= 200 && request.status < 300 && answer) {
    line.dataset.id = answer.id;
    line.querySelector('progress').value = 100;
    move(line, answer.state);
    return;
  }
  const retry = request.status === 0 || request.status === 400 || request.status === 429 || request.status >= 500;
  const unknown = request.status === 0 ? drop.dataset.broken : drop.dataset.unavailable;
  fail(line, answer?.error?.text ?? unknown, retry);
}

function again(upload) {
  upload.line.querySelector('.again').hidden = true;
  upload.line.querySelector('progress').value = 0;
  upload.line.querySelector('.percent').textContent = '0%';
  upload.line.querySelector('.why').textContent = '';
  upload.line.dataset.state = 'sending';
  waiting.push(upload);
  count();
  pump();
}

function fail(line, text, retry) {
  line.dataset.state = 'failed';
  line.querySelector('.why').textContent = text;
  line.querySelector('.again').hidden = !retry;
  announce(line, line.querySelector('.l-failed').textContent);
}

// ---- progress --------------------------------------------------------------

const watched = new Map(); // id → the line that waits for it, in the order they came
let source = null; // the one EventSource
let covered = new Set(); // the ids that it follows
let timer = 0;

// move shows a line's new state; a final one becomes the card.
function move(line, state) {
  const id = line.dataset.id;
  if (state === 'done' || state === 'failed') {
    watched.delete(id);
    showCard(line, id);
    return;
  }
  if (state === 'unknown') {
    watched.delete(id);
    fail(line, drop?.dataset.unavailable ?? '', false);
    return;
  }
  line.dataset.state = state;
  if (!watched.has(id)) {
    watched.set(id, line);
    follow(regather);
  }
}

// follow opens the stream anew when it does not cover what is watched.
function follow(delay) {
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    const ids = [...watched.keys()].slice(0, maxWatched);
    if (source && ids.every((id) => covered.has(id))) return;
    hangUp();
    if (ids.length > 0) listen(ids);
  }, delay);
}

function listen(ids) {
  covered = new Set(ids);
  source = new EventSource('/events?ids=' + ids.join(','));
  source.addEventListener('state', (event) => {
    const { id, state } = JSON.parse(event.data);
    const line = watched.get(id);
    if (line) move(line, state);
    pump();
  });
  source.addEventListener('end', () => {
    hangUp();
    follow(0); // whatever came while this stream was full
  });
  source.addEventListener('error', () => {
    // A lost connection is restored by the browser; a refusal is final to it.
    if (source?.readyState !== EventSource.CLOSED) return;
    hangUp();
    follow(retryAfter);
  });
}

function hangUp() {
  source?.close();
  source = null;
  covered = new Set();
}

// ---- cards -----------------------------------------------------------------

async function showCard(line, id) {
  let html;
  try {
    const answer = await fetch(`/replays/${id}/card`);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    html = await answer.text();
  } catch {
    setTimeout(() => showCard(line, id), retryAfter); // the answer is there, only not here yet
    return;
  }
  const card = new DOMParser().parseFromString(html, 'text/html').querySelector('.card');
  localise(card);
  line.replaceWith(card);
  announce(card, card.querySelector('.why')?.textContent ?? '');
  pump();
}

// announce tells a screen reader what became of a file.
function announce(card, text) {
  const name = card.querySelector('h3, .file')?.textContent ?? '';
  const verdicts = [...card.querySelectorAll('.team')].map((team) => {
    const names = [...team.querySelectorAll('.name')].map((n) => n.textContent.trim()).join(', ');
    return `${names}: ${team.querySelector('.verdict').textContent}`;
  });
  if (status) status.textContent = [name, text, ...verdicts].filter(Boolean).join('. ');
  count();
}

function count() {
  if (!rows) return;
  const lines = rows.querySelectorAll('.card');
  const open = rows.querySelectorAll('.line:not([data-state=failed])');
  const text = open.length > 0 ? `${lines.length - open.length} / ${lines.length}` : `${lines.length}`;
  document.getElementById('count').textContent = text;
}

// The page's language in the reader's own variety, if the browser names one.
const pageLanguage = document.documentElement.lang;
const variety = navigator.languages.find((l) => l.split('-')[0] === pageLanguage) ?? pageLanguage;
const dates = new Intl.DateTimeFormat(variety, { dateStyle: 'medium', timeStyle: 'short' });
const days = new Intl.DateTimeFormat(variety, { dateStyle: 'medium' });

// localise writes times as the reader's clock and the page's language have them.
function localise(root) {
  for (const time of root.querySelectorAll('time')) time.textContent = ('day' in time.dataset ? days : dates).format(new Date(time.dateTime));
}

// ---- what the reader does --------------------------------------------------

const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
const dragging = (on) => document.documentElement.classList.toggle('dragging', on);

if (drop) {
  const input = document.getElementById('files');
  input.addEventListener('change', () => {
    add([...input.files]);
    input.value = ''; // so that the same file may be chosen again
  });
  document.addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    dragging(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) dragging(false);
  });
  document.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    dragging(false);
    add([...event.dataTransfer.files]);
  });
  document.addEventListener('paste', (event) => add([...(event.clipboardData?.files ?? [])]));
}

localise(document);
for (const line of document.querySelectorAll('.line[data-id]:not([data-state=failed])')) move(line, line.dataset.state);
