// The page of --html: one file that says at a glance whether a run was right, how fast it was, and when
// it was not. It opens without a network: uPlot, its style and the figures are all in it.
//
// The words and tables are made here; the curves are drawn by page/script.js when the page is opened.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { KindRecording, Recording } from './recording.ts'
import { barsPerDecade } from './recording.ts'
import type { FinishedRun } from './report.ts'
import { count, duration, writeFile } from './report.ts'

/** Writes the page. A run without a recording gets its tables and no curves. */
export function writeHtml(path: string, run: FinishedRun): void {
  writeFile(path, htmlOf(run))
}

/** The whole page as text. */
export function htmlOf(run: FinishedRun): string {
  const { recording } = run.outcome
  const title = `${run.scenario}: ${run.outcome.isRight ? 'right' : 'wrong'}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${packageFile('uplot/dist/uPlot.min.css')}</style>
<style>${ownFile('style.css')}</style>
</head>
<body>
<h1>Load run: ${escaped(run.scenario)}</h1>
<p class="quiet">${escaped(`${run.at} · ${machineText(run)}`)}</p>
${verdict(run)}
${recording === undefined ? '' : figures(recording)}
<h2>Settings and machine</h2>
${settings(run)}
${recording === undefined ? '' : scripts(recording)}
</body>
</html>
`
}

function verdict({ outcome }: FinishedRun): string {
  const { isRight, recording } = outcome
  if (isRight) {
    const text = 'no errors, nothing missed, nothing doubled'
    return `<p class="verdict"><strong>Right</strong>: ${text}.</p>`
  }
  const reasons = recording === undefined ? [] : reasonsOf(recording)
  const text = reasons.length === 0 ? 'a check of the scenario failed' : reasons.join(', ')
  return `<p class="verdict wrong"><strong>Wrong</strong>: ${escaped(text)}.</p>`
}

function reasonsOf({ errors, missed, doubled }: Recording): string[] {
  const reasons = Object.entries(errors).map(([code, times]) => `${code} ${count(times)} times`)
  if (missed > 0) reasons.push(`${count(missed)} missed`)
  if (doubled > 0) reasons.push(`${count(doubled)} doubled`)
  return reasons
}

function figures(recording: Recording): string {
  const heads = ['count', 'a second', 'p50', 'p90', 'p99', 'p99.9', 'longest']
  const rows = recording.kinds.map((kind) => {
    const cells = numbersOf(kind).map((text) => `<td class="number">${escaped(text)}</td>`)
    const meaning = `<span class="quiet">${escaped(kind.meaning)}</span>`
    return `<tr><th>${escaped(kind.name)}</th>${cells.join('')}<td>${meaning}</td></tr>`
  })
  const head = heads.map((text) => `<th class="number">${text}</th>`).join('')
  return `<div class="scroll"><table>
<tr><th>what</th>${head}<th></th></tr>
${rows.join('\n')}
</table></div>
${table(recording.notes)}
<h2>Over time</h2>
<div class="charts" id="latency"></div>
<h2>How it spreads</h2>
<div class="charts" id="spread"></div>`
}

function numbersOf(kind: KindRecording): string[] {
  if (kind.count === 0) return ['0', '', '', '', '', '', '']
  const { p50Us, p90Us, p99Us, p999Us, maxUs } = kind
  const latencies = [p50Us, p90Us, p99Us, p999Us, maxUs].map(duration)
  return [count(kind.count), count(kind.perSecond), ...latencies]
}

function machineText({ machine, outcome }: FinishedRun): string {
  const gigabytes = (machine.memoryBytes / 2 ** 30).toFixed(0)
  const seconds = outcome.recording === undefined ? '' : `${outcome.recording.seconds} s on `
  return `${seconds}${machine.processors} × ${machine.model}, ${gigabytes} GiB, Node ${machine.node}, ${machine.platform}`
}

function settings(run: FinishedRun): string {
  const options = Object.entries(run.options).filter(([, value]) => value !== undefined)
  const others = Object.entries(run.outcome.figures)
  return `${table(options.map(([name, value]) => [`--${name}`, textOf(value)]))}
<p class="quiet">${escaped(machineText(run))}; generator and server may have shared it.</p>
${others.length === 0 ? '' : '<h2>Further figures</h2>'}
${table(others.map(([name, value]) => [name, textOf(value)]))}`
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function table(rows: readonly (readonly [name: string, value: string])[]): string {
  if (rows.length === 0) return ''
  const lines = rows.map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  )
  return `<div class="scroll"><table>\n${lines.join('\n')}\n</table></div>`
}

function scripts(recording: Recording): string {
  // In a script element only `<` could end the data early: JSON may write it as an escape instead.
  const data = JSON.stringify({ ...recording, barsPerDecade }).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="recording">${data}</script>
<script>${packageFile('uplot/dist/uPlot.iife.min.js')}</script>
<script>${ownFile('script.js')}</script>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!)
}

const require = createRequire(import.meta.url)

function packageFile(name: string): string {
  return readFileSync(require.resolve(name), 'utf8')
}

function ownFile(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8')
}
