// Draws the curves of a load run with uPlot, which stands before this script in the page. The figures
// come from the script element `recording`; the colours follow the reader's light or dark theme.

const recording = JSON.parse(document.getElementById('recording').textContent)
const dark = matchMedia('(prefers-color-scheme: dark)')
const heightPx = 260
const palettes = {
  light: ['#1f6feb', '#c2410c', '#0b7a4b', '#8b3fc4', '#a16207', '#be185d', '#0e7490', '#4d5b68'],
  dark: ['#6cb0ff', '#ff9d6b', '#5fd39a', '#cf9bff', '#e8c04f', '#ff8fc0', '#5fd0e3', '#b0bbc5'],
}

/** Microseconds as people read them. */
function duration(us) {
  if (us === null || us === undefined) return '–'
  if (us < 1_000) return `${Number(us.toPrecision(3))} µs`
  if (us < 1_000_000) return `${Number((us / 1_000).toPrecision(3))} ms`
  return `${Number((us / 1_000_000).toPrecision(3))} s`
}

const number = (value) => (value ?? undefined)?.toLocaleString('en-US') ?? '–'
const color = (place) => palettes[dark.matches ? 'dark' : 'light'][place % 8]
/** A latency of zero is a second without a value: a gap in the curve. */
const present = (us) => (us > 0 ? us : null)

function axes(x, y) {
  const line = dark.matches ? '#343b41' : '#d8dee3'
  const stroke = dark.matches ? '#98a3ad' : '#5a6570'
  const common = { stroke, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
  const values = (format) => (_, splits) => splits.map((one) => (one === null ? '' : format(one)))
  return [
    { ...common, values: values(x) },
    { ...common, size: 64, values: values(y) },
  ]
}

const latencyScale = { distr: 3 }
const seconds = (value) => `${value} s`
const bySecond = { label: 'time', value: (_, value) => (value === null ? '–' : seconds(value)) }

/** Latency over time of one kind. */
function latencyChart(kind, place) {
  const series = [
    ['p50', 'p50Us', { width: 2 }],
    ['p99', 'p99Us', { width: 1.5, dash: [6, 3] }],
    ['longest', 'maxUs', { width: 1, dash: [1, 4] }],
  ]
  return {
    title: kind.name,
    meaning: kind.meaning,
    data: [
      kind.series.map((one) => one.atSeconds),
      ...series.map(([, field]) => kind.series.map((one) => present(one[field]))),
    ],
    options: {
      scales: { x: { time: false }, y: latencyScale },
      axes: axes(seconds, duration),
      series: [
        bySecond,
        ...series.map(([label, , style]) => ({
          label,
          stroke: color(place),
          ...style,
          value: (_, us) => duration(us),
        })),
      ],
    },
  }
}

/** The rates of all kinds, and errors. */
function rateChart() {
  const kinds = recording.kinds
  const times = new Set(kinds.flatMap((kind) => kind.series.map((one) => one.atSeconds)))
  for (const [at] of recording.errorSeries) times.add(at)
  const x = [...times].sort((left, right) => left - right)
  const rates = kinds.map((kind) => {
    const known = new Map(kind.series.map((one) => [one.atSeconds, one.perSecond]))
    return x.map((at) => known.get(at) ?? null)
  })
  const errors = new Map(recording.errorSeries)
  const style = (label, place) => ({
    label,
    stroke: color(place),
    width: 2,
    value: (_, value) => number(value),
  })
  return {
    title: 'rate',
    meaning: 'how many a second, and errors',
    data: [x, ...rates, x.map((at) => errors.get(at) ?? 0)],
    options: {
      scales: { x: { time: false } },
      axes: axes(seconds, number),
      series: [
        bySecond,
        ...kinds.map((kind, place) => style(kind.name, place)),
        { ...style('errors', 1), stroke: dark.matches ? '#ff8a80' : '#b3261e', dash: [2, 2] },
      ],
    },
  }
}

const percentile = (nines) => `${Number((100 * (1 - 10 ** -nines)).toFixed(4))}%`

/** How long the slowest ones took: the further right, the rarer. */
function percentileChart() {
  const kinds = recording.kinds.filter((kind) => kind.count > 0)
  const x = [...new Set(kinds.flatMap((kind) => kind.percentiles.map(([nines]) => nines)))]
  x.sort((left, right) => left - right)
  const curves = kinds.map((kind) => {
    const known = new Map(kind.percentiles)
    return x.map((nines) => known.get(nines) ?? null)
  })
  return {
    title: 'percentiles',
    meaning: 'that share of all was at least as fast; each step to the right is ten times rarer',
    data: [x, ...curves],
    options: {
      scales: { x: { time: false }, y: latencyScale },
      axes: axes(percentile, duration),
      series: [
        { label: 'share', value: (_, nines) => (nines === null ? '–' : percentile(nines)) },
        ...kinds.map((kind) => ({
          label: kind.name,
          stroke: color(recording.kinds.indexOf(kind)),
          width: 2,
          value: (_, us) => duration(us),
        })),
      ],
    },
  }
}

/** How many took how long. The x axis holds powers of ten of microseconds. */
function histogramChart(kind, place) {
  const wide = 1 / recording.barsPerDecade
  const known = new Map(
    kind.bars.map(([from, count]) => [Math.round(Math.log10(from) / wide), count]),
  )
  const bars = [...known.keys()]
  const x = []
  for (let bar = Math.min(...bars); bar <= Math.max(...bars); bar++) x.push(bar)
  const stroke = color(place)
  return {
    title: `${kind.name}, histogram`,
    meaning: 'how many took how long',
    data: [x.map((bar) => (bar + 0.5) * wide), x.map((bar) => known.get(bar) ?? 0)],
    options: {
      scales: { x: { time: false }, y: { range: (_, _low, high) => [0, high] } },
      axes: axes((power) => duration(10 ** power), number),
      series: [
        { label: 'about', value: (_, power) => (power === null ? '–' : duration(10 ** power)) },
        {
          label: 'count',
          stroke,
          fill: `${stroke}66`,
          paths: uPlot.paths.bars({ size: [1, 64] }),
          points: { show: false },
          value: (_, value) => number(value),
        },
      ],
    },
  }
}

const plots = []

function add(place, chart) {
  const figure = document.createElement('figure')
  const caption = document.createElement('figcaption')
  const title = document.createElement('strong')
  title.textContent = chart.title
  caption.append(title, chart.meaning === '' ? '' : `: ${chart.meaning}`)
  figure.append(caption)
  document.getElementById(place).append(figure)
  const width = figure.clientWidth - 24
  const plot = new uPlot({ width, height: heightPx, ...chart.options }, chart.data, figure)
  plots.push({ plot, figure })
}

function draw() {
  plots.length = 0
  for (const element of document.querySelectorAll('.charts')) element.replaceChildren()
  const kinds = recording.kinds
  for (const [place, kind] of kinds.entries()) {
    if (kind.count > 0) add('latency', latencyChart(kind, place))
  }
  add('latency', rateChart())
  if (kinds.some((kind) => kind.count > 0)) add('spread', percentileChart())
  for (const [place, kind] of kinds.entries()) {
    if (kind.count > 0) add('spread', histogramChart(kind, place))
  }
}

draw()
dark.addEventListener('change', draw)
addEventListener('resize', () => {
  for (const { plot, figure } of plots) {
    plot.setSize({ width: figure.clientWidth - 24, height: heightPx })
  }
})
