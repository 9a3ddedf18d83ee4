/** The page of an emulator. Whatever comes from outside is put in as text, never as markup. */

const BASE = '/cordon/v1/emulator';
/** No fault rule is in the way of the page, and the journal leaves it out. */
const THROUGH = { 'cordon-emulator-control': 'page' };
/** Milliseconds between two looks at what moves by itself. */
const EVERY = 2000;
/** Machines and calls that are shown; a list of thousands helps nobody. */
const MOST = 200;

const byId = (id) => document.getElementById(id);
let values = null;
let secret = null;
let token = null;
/** The rules as they were given, without their counts. */
let rules = [];
let seed = 0;
let lastJournal = '';

/** An element with text or further elements in it. */
function element(name, content = [], attributes = {}) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...[content].flat());
  return made;
}

const cell = (content, attributes) => element('td', content, attributes);

function say(text, bad = false) {
  byId('state').textContent = text;
  byId('state').classList.toggle('bad', bad);
}

async function connect() {
  const answer = await fetch(`/${values.tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: THROUGH,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: values.application,
      client_secret: secret,
      scope: `${values.url}/.default`,
    }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error_description ?? `The token was refused with ${answer.status}.`);
  token = body.access_token;
}

/** One call; a token that has ended, as after a leap of the clock, is replaced once. */
async function call(method, path, body, renewed = false) {
  const answer = await fetch(path, {
    method,
    headers: {
      ...THROUGH,
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status === 401 && !renewed) {
    await connect();
    return call(method, path, body, true);
  }
  const text = await answer.text();
  const content = text === '' ? null : JSON.parse(text);
  if (!answer.ok) throw new Error(content?.error?.message ?? `Answered with ${answer.status}.`);
  return content;
}

/** Does something and tells how it ended. */
async function attempt(done, work) {
  try {
    await work();
    if (done !== null) say(done);
  } catch (error) {
    say(error.message, true);
  }
}

const time = (instant) => `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;

function lasting(milliseconds) {
  const parts = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  let rest = milliseconds;
  return parts
    .flatMap(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? [] : [`${count} ${unit}`];
    })
    .join(' ');
}

function showAbout() {
  const about = [
    ['API address', values.url],
    ['token address', `${values.url}/${values.tenant}/oauth2/v2.0/token`],
    ['tenant', values.tenant],
    ['application, every permission', values.application],
    ['application, read only', values.reader],
    ['users (password grant)', values.users.join(', ')],
    ['secret and password', values.secret ?? 'the one that --secret named'],
  ];
  byId('about').replaceChildren(
    ...about.flatMap(([name, value]) => [element('dt', name), element('dd', value)]),
  );
}

function showClock({ now, aheadMilliseconds }) {
  byId('now').textContent = `${time(now)} UTC`;
  byId('ahead').textContent = aheadMilliseconds === 0 ? '' : `${lasting(aheadMilliseconds)} ahead`;
}

const written = (value) => element('code', JSON.stringify(value).slice(1, -1).replaceAll('"', ''));

function showRules(answer) {
  seed = answer.seed;
  rules = answer.rules.map(({ rule }) => rule);
  const rows = answer.rules.map(({ rule, matched, fired }, at) => {
    const on = element('input', [], { type: 'checkbox', 'aria-label': `rule ${rule.name} is on` });
    on.checked = rule.enabled !== false;
    on.addEventListener('change', () =>
      changeRules(
        rules.map((one, index) => (index === at ? { ...one, enabled: on.checked } : one)),
        `${rule.name} is ${on.checked ? 'on' : 'off'}.`,
      ),
    );
    const remove = element('button', 'Remove', {
      type: 'button',
      'aria-label': `Remove the rule ${rule.name}`,
    });
    remove.addEventListener('click', () =>
      changeRules(
        rules.filter((_, index) => index !== at),
        `${rule.name} is removed.`,
      ),
    );
    return element('tr', [
      cell(on),
      cell(rule.name),
      cell(rule.calls === undefined ? 'all' : written(rule.calls)),
      cell(
        rule.when === undefined
          ? 'always'
          : written({ ...rule.when, ...(rule.times && { times: rule.times }) }),
      ),
      cell(written(rule.fault)),
      cell(String(matched), { class: 'number' }),
      cell(String(fired), { class: 'number' }),
      cell(remove),
    ]);
  });
  const none = element('tr', cell('No rules: every call is answered as it should be.', { colspan: '8' }));
  byId('rules').replaceChildren(...(rows.length === 0 ? [none] : rows));
  const area = byId('file').elements.content;
  if (document.activeElement !== area) area.value = JSON.stringify({ seed, rules }, null, 2);
}

function changeRules(changed, done) {
  return attempt(done, async () => showRules(await call('PUT', `${BASE}/faults`, { seed, rules: changed })));
}

function showJournal({ value, dropped }) {
  const shown = value.map(({ id, outcome }) => `${id} ${outcome}`).join();
  byId('journal-note').textContent =
    `${value.length} calls${dropped > 0 ? `, ${dropped} older ones made room` : ''}` +
    (value.length > MOST ? `; the newest ${MOST} are shown` : '');
  if (shown === lastJournal && byId('journal').children.length > 0) return;
  lastJournal = shown;
  const rows = value
    .slice(-MOST)
    .reverse()
    .map((entry) => {
      const bad = entry.status === null ? entry.outcome !== 'underWay' : entry.status >= 400;
      return element('tr', [
        cell(entry.time.slice(11, 23)),
        cell(String(entry.status ?? entry.outcome), { class: bad ? 'bad' : 'good' }),
        cell([entry.operation ?? 'nowhere', element('br'), element('code', `${entry.method} ${entry.path}`)]),
        cell(entry.user ?? values.names[entry.application] ?? entry.application ?? ''),
        cell(entry.fault ?? ''),
        cell(entry.body === null ? '' : element('code', JSON.stringify(entry.body).slice(0, 300))),
        cell(String(entry.durationMilliseconds ?? ''), { class: 'number' }),
      ]);
    });
  byId('journal').replaceChildren(...rows);
}

function showFleet({ value }) {
  const rows = value.slice(0, MOST).map((machine) => {
    const control = machine.controls.find(({ control }) => control === 'codeExecution');
    return element('tr', [
      cell(machine.computerDnsName),
      cell(`${machine.osPlatform} ${machine.version ?? ''}`),
      cell(machine.healthStatus, { class: machine.healthStatus === 'Active' ? 'good' : 'bad' }),
      cell(control?.observedMode ?? 'unmanaged'),
      cell(time(machine.lastSeen)),
      cell(element('code', machine.id)),
    ]);
  });
  byId('fleet').replaceChildren(...rows);
  byId('fleet-note').textContent = value.length > MOST ? `The first ${MOST} are shown.` : '';
}

async function refresh(everything) {
  showClock(await call('GET', `${BASE}/clock`));
  if (byId('follow').checked || everything) showJournal(await call('GET', `${BASE}/journal`));
  // A form that is being used in the table of rules must not vanish under the hand.
  if (everything || !byId('rules').contains(document.activeElement))
    showRules(await call('GET', `${BASE}/faults`));
  if (everything)
    showFleet(await call('GET', `/cordon/v1/machines?$top=${MOST + 1}&$orderby=computerDnsName`));
}

async function follow() {
  if (!document.hidden && token !== null) await attempt(null, () => refresh(false));
  setTimeout(follow, EVERY);
}

async function begin() {
  await attempt('Connected.', async () => {
    await connect();
    byId('connect').hidden = true;
    for (const section of document.querySelectorAll('[data-connected]')) section.hidden = false;
    await refresh(true);
  });
}

const options = (names) => names.map((name) => element('option', name, { value: name }));

function prepareForm() {
  const { elements } = byId('add');
  elements.operation.replaceChildren(element('option', 'all', { value: '' }), ...options(values.operations));
  elements.operation.value = 'restrictCodeExecution';
  const triggers = Object.entries(values.triggers);
  elements.trigger.replaceChildren(
    element('option', 'every call', { value: '' }),
    ...triggers.map(([name, text]) => element('option', text, { value: name })),
  );
  elements.trigger.value = 'call';
  elements.code.replaceChildren(...options(values.codes));
  elements.code.value = 'TooManyRequests';
  elements.kind.replaceChildren(...options(Object.keys(values.kinds)));
  elements.kind.value = 'error';
  elements.kind.addEventListener('change', showFields);
  showFields();
}

/** Only the fields of the chosen kind are there. */
function showFields() {
  const { elements } = byId('add');
  const { fields, moments, summary } = values.kinds[elements.kind.value];
  for (const label of document.querySelectorAll('[data-field]'))
    label.hidden = ![...fields, 'delay'].includes(label.dataset.field);
  elements.moment.replaceChildren(...options(moments));
  byId('kind-note').textContent = `${elements.kind.value}: ${summary}.`.replaceAll('`', '');
}

function newRule() {
  const form = new FormData(byId('add'));
  const text = (name) => form.get(name).trim();
  const kind = text('kind');
  const given = (name) => !byId('add').elements[name].closest('label').hidden && text(name) !== '';
  const numbers = ['status', 'retryAfter', 'bytes', 'delay'];
  const fields = ['code', 'status', 'retryAfter', 'text', 'contentType', 'bytes', 'delay'].filter(given);
  const calls = Object.fromEntries(
    ['operation', 'machine'].filter((name) => text(name) !== '').map((name) => [name, text(name)]),
  );
  return {
    name: text('name'),
    calls,
    ...(text('trigger') === '' ? {} : { when: { [text('trigger')]: Number(text('number')) } }),
    ...(text('times') === '' ? {} : { times: Number(text('times')) }),
    fault: {
      kind,
      moment: text('moment'),
      ...Object.fromEntries(
        fields.map((name) => [name, numbers.includes(name) ? Number(text(name)) : text(name)]),
      ),
    },
  };
}

function listen() {
  const submitted = (id, work) =>
    byId(id).addEventListener('submit', (event) => {
      event.preventDefault();
      work(event.target.elements);
    });
  const advance = (duration) =>
    attempt(`${duration} has passed.`, async () => {
      showClock(await call('POST', `${BASE}/clock`, { Advance: duration }));
      await refresh(true);
    });
  submitted('connect', () => {
    secret = byId('secret').value;
    begin();
  });
  submitted('advance', ({ duration }) => advance(duration.value.trim().toUpperCase()));
  for (const button of document.querySelectorAll('[data-advance]'))
    button.addEventListener('click', () => advance(button.dataset.advance));
  submitted('add', ({ name }) => {
    changeRules([...rules, newRule()], `The rule ${name.value} is in force.`);
  });
  submitted('file', ({ content }) =>
    attempt('The rules are in force.', async () => {
      showRules(await call('PUT', `${BASE}/faults`, JSON.parse(content.value)));
    }),
  );
  byId('clear-rules').addEventListener('click', () => changeRules([], 'All rules are removed.'));
  byId('clear-journal').addEventListener('click', () =>
    attempt('The journal is empty.', async () => {
      await call('DELETE', `${BASE}/journal`);
      await refresh(true);
    }),
  );
  byId('reset').addEventListener('click', () => {
    if (!confirm('Put everything back to the start?')) return;
    attempt('Everything is as at the start.', async () => {
      await call('POST', `${BASE}/reset`);
      await refresh(true);
    });
  });
}

async function start() {
  values = await (await fetch('/cordon/emulator/values.json')).json();
  showAbout();
  prepareForm();
  listen();
  follow();
  if (values.secret === null) return;
  byId('secret').value = values.secret;
  secret = values.secret;
  await begin();
}

start();
