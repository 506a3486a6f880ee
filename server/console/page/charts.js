// The charts: each keeps its own canvas, and gets all points again every second. They are few.

import { bytes, element, milliseconds, rate } from '/console/format.js'
import uPlot from '/console/uplot.js'

const charts = [
  {
    title: 'Requests a second',
    show: rate,
    lines: [
      ['all', 'requestsPerSecond'],
      ['failed by us', 'failedPerSecond'],
    ],
  },
  {
    title: 'Latency',
    show: milliseconds,
    lines: [
      ['half', 'p50Ms'],
      ['99 of 100', 'p99Ms'],
    ],
  },
  {
    title: 'Deliveries and pushes a second',
    show: rate,
    lines: [
      ['deliveries', 'deliveriesPerSecond'],
      ['pushes', 'pushesPerSecond'],
    ],
  },
  { title: 'WebSockets', show: rate, lines: [['open', 'connections']] },
  {
    title: 'Large deliveries under way, requests held',
    show: rate,
    lines: [
      ['deliveries', 'fanOutWaiting'],
      ['held', 'requestsHeld'],
    ],
  },
  { title: 'Event loop, worst of all', show: milliseconds, lines: [['late', 'lagMaxMs']] },
  { title: 'Log, 99 of 100 batches', show: milliseconds, lines: [['append', 'appendP99Ms']] },
  { title: 'Memory of all processes', show: bytes, lines: [['resident', 'residentBytes']] },
]
const heightPx = 150
const points = []
const drawn = []

/** The newest moment that is known: what is asked for next comes after it. */
export function newestAtMs() {
  return points.at(-1)?.atMs ?? 0
}

export function drawCharts(place, history) {
  points.push(...history.filter(({ atMs }) => atMs > newestAtMs()))
  points.splice(0, points.length - 600)
  if (drawn.length === 0) for (const chart of charts) drawn.push(make(place, chart))
  for (const [index, { plot, figure }] of drawn.entries()) {
    const { lines } = charts[index]
    const times = points.map(({ atMs }) => atMs / 1000)
    plot.setData([times, ...lines.map(([, name]) => points.map((point) => point[name]))])
    const width = Math.floor(figure.clientWidth)
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: heightPx })
  }
}

function make(place, { title, show, lines }) {
  const figure = element('figure', {}, element('figcaption', { textContent: title }))
  place.append(figure)
  const ink = getComputedStyle(document.body).color
  const grid = { stroke: 'rgb(128 128 128 / 25%)', width: 1 }
  const strokes = [
    getComputedStyle(document.documentElement).getPropertyValue('--accent').trim(),
    getComputedStyle(document.documentElement).getPropertyValue('--bad').trim(),
  ]
  const plot = new uPlot(
    {
      width: Math.max(200, Math.floor(figure.clientWidth)),
      height: heightPx,
      cursor: { y: false },
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, (high ?? 1) * 1.1)] } },
      axes: [
        { stroke: ink, grid },
        { stroke: ink, grid, size: 70, values: (_plot, ticks) => ticks.map((tick) => show(tick)) },
      ],
      series: [
        {
          value: (_plot, at) =>
            at === null ? '' : new Date(at * 1000).toLocaleTimeString('en-GB'),
        },
        ...lines.map(([label], index) => ({
          label,
          stroke: strokes[index],
          width: 1.5,
          ...(index === 1 ? { dash: [6, 3] } : {}),
          value: (_plot, value) => (value === null || value === undefined ? '' : show(value)),
        })),
      ],
    },
    [[], ...lines.map(() => [])],
    figure,
  )
  return { plot, figure }
}
