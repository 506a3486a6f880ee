// The tables: drawn anew each second, but for their buttons, which stay so that the focus does.

import { bytes, clock, count, element, milliseconds, rate, span } from '/console/format.js'

const loopBadMs = 100
const kinds = [
  ['graph', '#8ecae6'],
  ['rings', '#ffd166'],
  ['bodies', '#b7e4a0'],
  ['accounts', '#e9c4a0'],
  ['index', '#f4a6b8'],
  ['heap', '#cdb4f6'],
  ['other', '#9aa0a3'],
]
/** By process. */
const drainButtons = new Map()

function table(place, titles, rows) {
  const head = element(
    'tr',
    {},
    ...titles.map((title) => element('th', { textContent: title, scope: 'col' })),
  )
  place.replaceChildren(element('thead', {}, head), element('tbody', {}, ...rows))
}

function row(...cells) {
  const made = cells.map((cell) => (cell instanceof Node ? element('td', {}, cell) : cellOf(cell)))
  return element('tr', {}, ...made)
}

function cellOf(cell) {
  if (typeof cell !== 'object') return element('td', { textContent: String(cell) })
  return element('td', { textContent: cell.text, className: cell.className })
}

export function drawProcesses(place, { view, onDrain }) {
  const titles = [
    'Process',
    'State',
    'Serves',
    'Keeps',
    'Sockets',
    'CPU',
    'Memory',
    'Heap',
    'Loop 99 %',
    'Loop worst',
    'Up',
    'Machine',
    '',
  ]
  const hadFocus = document.activeElement
  table(
    place,
    titles,
    view.processes.map((one) => processRow(one, onDrain)),
  )
  if (hadFocus instanceof HTMLElement && place.contains(hadFocus)) hadFocus.focus()
}

function processRow(one, onDrain) {
  const { name, kind, state, problem } = one
  const shown = problem === undefined ? state : `${state}: ${problem}`
  const loud = state === 'silent' ? 'text loud-text' : 'text'
  if (state === 'silent' || state === 'ended') {
    return row(name, { text: shown, className: loud }, ...Array(11).fill('–'))
  }
  const late = one.lagP99Ms >= loopBadMs ? 'loud-text' : ''
  return row(
    name,
    { text: shown, className: problem === undefined ? 'text' : 'text loud-text' },
    kind === 'shard' ? one.primaries : '–',
    kind === 'shard' ? one.replicas : '–',
    count(one.connections),
    `${one.cpuPercent} %`,
    bytes(one.residentBytes),
    bytes(one.heapBytes),
    { text: milliseconds(one.lagP99Ms), className: late },
    milliseconds(one.lagMaxMs),
    span(one.upSeconds),
    one.machine === '' ? '–' : `${one.machine} (${one.pid})`,
    drainButton(name, onDrain),
  )
}

function drainButton(name, onDrain) {
  const known = drainButtons.get(name)
  if (known !== undefined) return known
  const button = element('button', {
    type: 'button',
    textContent: 'Drain …',
    'aria-label': `Drain ${name}`,
  })
  button.addEventListener('click', () => onDrain(name))
  drainButtons.set(name, button)
  return button
}

export function drawOperations(place, { operations }) {
  const titles = [
    'Operation',
    'A second',
    'Failed a second',
    'Half within',
    '99 of 100 within',
    'In all',
    'Failed in all',
  ]
  table(
    place,
    titles,
    operations.map((one) =>
      row(
        one.name,
        rate(one.perSecond),
        { text: rate(one.failedPerSecond), className: one.failedPerSecond > 0 ? 'loud-text' : '' },
        one.perSecond > 0 ? milliseconds(one.p50Ms) : '–',
        one.perSecond > 0 ? milliseconds(one.p99Ms) : '–',
        count(one.total),
        count(one.failedTotal),
      ),
    ),
  )
}

export function drawSlow(place, { slow }) {
  if (slow.length === 0) {
    place.replaceChildren(element('caption', { textContent: 'None of late.', className: 'quiet' }))
    return
  }
  const titles = [
    'When',
    'Operation',
    'Took',
    'Outcome',
    'Told by',
    'Partition',
    'Request',
    'Trace',
  ]
  const text = (value) => ({ text: value, className: 'text' })
  table(
    place,
    titles,
    slow.map((one) =>
      row(
        clock(one.atMs),
        text(one.operation),
        milliseconds(one.tookMs),
        text(one.outcome),
        text(one.process),
        one.partition,
        text(one.requestId),
        text(one.traceId ?? ''),
      ),
    ),
  )
}

export function drawMemory(place, { memory }) {
  place.replaceChildren(
    ...memory.flatMap((one) => {
      const total = kinds.reduce((sum, [kind]) => sum + one[kind], 0)
      const bar = element('div', { className: 'bar', 'aria-hidden': 'true' })
      for (const [kind, colour] of kinds) {
        const part = element('span', { title: `${kind} ${bytes(one[kind])}` })
        part.style.width = `${(100 * one[kind]) / Math.max(1, total)}%`
        part.style.background = colour
        bar.append(part)
      }
      const words = kinds.flatMap(([kind, colour]) => [
        swatch(colour),
        `${kind} ${bytes(one[kind])}  `,
      ])
      return [element('p', {}, element('b', { textContent: `${one.name} ` }), ...words), bar]
    }),
  )
}

function swatch(colour) {
  const made = element('span', { className: 'swatch' })
  made.style.background = colour
  return made
}

export function drawEvents(place, { events }) {
  if (events.length === 0) {
    place.replaceChildren(
      element('li', { textContent: 'None since the processes were started.', className: 'quiet' }),
    )
    return
  }
  const items = events.map(({ atMs, kind, text, tookMs }) => {
    const took = tookMs === undefined ? '' : ` (${milliseconds(tookMs)})`
    return element(
      'li',
      { 'data-kind': kind },
      element('time', { textContent: clock(atMs) }),
      `${text}${took}`,
    )
  })
  place.replaceChildren(...items)
}

export function drawFacts(place, facts) {
  place.replaceChildren(
    ...facts.map(([name, value]) =>
      element(
        'div',
        {},
        element('dt', { textContent: name }),
        element('dd', { textContent: value }),
      ),
    ),
  )
}

export function totalFacts({ totals }) {
  return [
    ['Requests a second', rate(totals.requestsPerSecond)],
    ['Failed by us a second', rate(totals.failedPerSecond)],
    ['99 of 100 answered within', milliseconds(totals.p99Ms)],
    ['WebSockets', count(totals.connections)],
    ['Deliveries a second', rate(totals.deliveriesPerSecond)],
    ['Pushes a second', rate(totals.pushesPerSecond)],
    ['99 of 100 pushed within', milliseconds(totals.pushP99Ms)],
    ['Large deliveries under way', count(totals.fanOutWaiting)],
    ['Users', count(totals.users)],
    ['Tweets', count(totals.tweets)],
    ['Follow edges kept', count(totals.followEdges)],
    ['Memory', bytes(totals.residentBytes)],
  ]
}

export function logFacts({ log }) {
  if (log === undefined) return [['Log', 'unknown']]
  const about = [
    ['Kept by', log.kind === 'redis' ? 'Redis' : 'the embedded log'],
    ['Answers in', log.problem ?? milliseconds(log.roundTripMs ?? 0)],
    ['Batches a second', rate(log.appendsPerSecond)],
    ['99 of 100 batches', milliseconds(log.appendP99Ms)],
  ]
  if (log.where !== '') about.splice(1, 0, ['At', log.where])
  for (const [name, value] of Object.entries(log.facts)) {
    about.push([name.replaceAll('_', ' '), name.includes('memory') ? bytes(value) : String(value)])
  }
  return about
}
