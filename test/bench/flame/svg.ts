// A flame graph as SVG, with no scripts: whoever looks at it needs nothing else, and points at a frame to read what
// does not fit into it. Pure.
//
//   | write |
//   | pageOf       | mayShow |        a frame stands on the one that called it, and is as wide as its part of the
//   | readHome                | flush     |                                          samples; what is wide matters
//   | all                                            |
//
// Within a frame those it called begin at its left, the widest first. What is free above a frame is its own time.

import type { Code, CodeKind } from './code.ts'
import type { Frame } from './profile.ts'

export type Labels = { readonly title: string; readonly about: string }

export const width = 1200
/** Narrower frames are left out: a part of all samples. */
export const shareMin = 0.003
export const bytesMax = 150_000
/** How much more is left out, each time that a graph is too large. */
const shareStep = 1.25
const edge = 10
const row = { height: 17, gap: 1 }
const headHeight = 66
/** Of a monospaced letter in 11 px; a little more than most have. */
const letterWidth = 6.8
const lettersMin = 3
const nameLettersMax = 80

const colours: Readonly<Record<CodeKind, { fill: string; meaning: string }>> = {
  own: { fill: '#f7b267', meaning: 'Rookery' },
  package: { fill: '#a9d6a0', meaning: 'packages' },
  node: { fill: '#9cc5e8', meaning: 'node internals' },
  native: { fill: '#c9b6e4', meaning: 'native functions' },
  state: { fill: '#d0d0d0', meaning: 'no function' },
}

/** @returns at most `bytesMax`: of a tree with very many wide frames, fewer are shown */
export function flameGraph(root: Frame, labels: Labels): string {
  for (let share = shareMin; ; share *= shareStep) {
    const svg = drawn(root, { ...labels, share })
    if (Buffer.byteLength(svg) <= bytesMax || share > 1) return svg
  }
}

type Box = { readonly frame: Frame; readonly depth: number; readonly x: number }

function drawn(root: Frame, { title, about, share }: Labels & { readonly share: number }): string {
  const boxes = boxesOf(root, share)
  const depthMax = boxes.reduce((most, { depth }) => Math.max(most, depth), 0)
  const height = headHeight + (depthMax + 1) * row.height + edge
  const left = `frames under ${percent(share)} are left out`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style()}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="head" x="${edge}" y="22">${escaped(title)}</text>`,
    `<text x="${edge}" y="39">${escaped(`${about}; ${left}`)}</text>`,
    ...legend(),
    ...boxes.map((box) => drawnBox(box, { all: root.total, floor: height - edge })),
    '</svg>\n',
  ].join('\n')
}

/** Its own ground and its own ink: it reads the same on a light and on a dark page. */
function style(): string {
  const fills = Object.entries(colours).map(([kind, { fill }]) => `.${kind}{fill:${fill}}`)
  return [
    'text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1a1a1a;pointer-events:none}',
    '.head{font-size:15px;font-weight:bold}',
    '.ground{fill:#fdfcf9}',
    ...fills,
  ].join('')
}

function legend(): string[] {
  let x = edge
  return Object.entries(colours).map(([kind, { meaning }]) => {
    const at = x
    x += 18 + Math.ceil((meaning.length + 2) * letterWidth)
    return `<rect class="${kind}" x="${at}" y="47" width="12" height="12"/><text x="${at + 17}" y="57">${meaning}</text>`
  })
}

function boxesOf(root: Frame, share: number): Box[] {
  const boxes: Box[] = []
  const least = root.total * share
  const scale = (width - 2 * edge) / Math.max(1, root.total)
  const put = (frame: Frame, depth: number, x: number): void => {
    boxes.push({ frame, depth, x })
    let at = x
    const wide = [...frame.children.values()].filter(({ total }) => total >= least)
    for (const child of wide.toSorted((one, other) => other.total - one.total)) {
      put(child, depth + 1, at)
      at += child.total * scale
    }
  }
  put(root, 0, edge)
  return boxes
}

function drawnBox(
  { frame, depth, x }: Box,
  { all, floor }: { readonly all: number; readonly floor: number },
): string {
  const { code, total, own } = frame
  const boxWidth = ((width - 2 * edge) * total) / Math.max(1, all)
  const y = floor - (depth + 1) * row.height
  const place = code.place === '' ? '' : `, ${code.place}`
  const ownPart = own === 0 ? '' : ` (itself ${percent(own / all)})`
  const said = `${nameOf(code)}${place}: ${percent(total / Math.max(1, all))}${ownPart}`
  const shown = labelOf(code, Math.floor((boxWidth - 6) / letterWidth))
  const text =
    shown === '' ? '' : `<text x="${figure(x + 3)}" y="${y + 12}">${escaped(shown)}</text>`
  return `<g><title>${escaped(said)}</title><rect class="${code.kind}" x="${figure(x)}" y="${y}" width="${figure(Math.max(0.5, boxWidth - row.gap))}" height="${row.height - row.gap}"/>${text}</g>`
}

/** As much as fits: the place as well, or the name, or its beginning. */
function labelOf(code: Code, letters: number): string {
  const name = nameOf(code)
  const whole = code.place === '' ? name : `${name} ${code.place}`
  if (whole.length <= letters) return whole
  if (name.length <= letters) return name
  return letters < lettersMin ? '' : `${name.slice(0, letters - 1)}…`
}

/** Names of compiled patterns may be as long as these. */
export function nameOf({ name }: Code): string {
  return name.length <= nameLettersMax ? name : `${name.slice(0, nameLettersMax - 1)}…`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

function figure(value: number): string {
  return String(Math.round(value * 10) / 10)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Without what XML cannot hold at all: control characters, and halves of letters. */
function escaped(text: string): string {
  const held = text.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' ')
  return held.replaceAll(/[&<>]/g, (letter) => entities[letter]!)
}
