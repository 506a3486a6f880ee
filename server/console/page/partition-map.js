// The partitions as a map: one cell each, with the colour and the name of who serves it. A cell that has
// just changed stands out for some seconds, so that a move or a failover is seen as it happens.

import { colourOf, element } from '/console/format.js'

const changedShownMs = 10_000
const lagMax = 1_000
/** By partition. The cells stay, so that the one in focus does. */
const cells = []

export function drawMap(place, legend, { view, onMove }) {
  const names = view.processes.filter(({ kind }) => kind === 'shard').map(({ name }) => name)
  legend.replaceChildren(...names.map((name) => legendOf(name, { view, names })))
  for (const one of view.partitions) {
    cells[one.partition] ??= makeCell(place, onMove)
    drawCell(cells[one.partition], one, { view, names })
  }
}

function legendOf(name, { view, names }) {
  const swatch = element('span', { className: 'swatch' })
  swatch.style.background = colourOf(name, names)
  const { primaries, replicas, state } = view.processes.find((one) => one.name === name)
  const kept = replicas === 0 ? '' : `, keeps ${replicas} more`
  const text = state === 'ready' ? `serves ${primaries}${kept}` : state
  return element('li', {}, swatch, `${name}: ${text}`)
}

function makeCell(place, onMove) {
  const number = element('b')
  const who = element('span')
  const button = element('button', { type: 'button' }, number, who)
  const cell = { button, number, who, shown: undefined }
  button.addEventListener('click', () => onMove(cell.shown))
  place.append(button)
  return cell
}

function drawCell(cell, one, { view, names }) {
  const { partition, primary, epoch, replicas, pinnedTo, changedAtMs } = one
  cell.shown = one
  cell.number.textContent = pinnedTo === undefined ? String(partition) : `${partition} •`
  cell.who.textContent = primary ?? 'nobody'
  const isLate = replicas.some(({ lag }) => lag > lagMax)
  const isChanged = changedAtMs !== undefined && view.atMs - changedAtMs < changedShownMs
  const { button } = cell
  button.dataset.state = primary === undefined ? 'unserved' : isLate ? 'late' : 'good'
  button.dataset.changed = isChanged ? 'yes' : 'no'
  button.style.background = primary === undefined ? '' : colourOf(primary, names)
  const kept = replicas.map(({ name, lag }) => `${name} (${lag} behind)`).join(', ')
  const pinned = pinnedTo === undefined ? '' : `; pinned to ${pinnedTo}`
  const text = `Partition ${partition}: ${primary ?? 'nobody'}, epoch ${epoch}; replicas: ${kept || 'none'}${pinned}`
  if (button.title !== text) {
    button.title = text
    button.setAttribute('aria-label', text)
  }
}
