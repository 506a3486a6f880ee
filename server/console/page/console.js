// The console: asks for the cluster once a second, and draws what it is told. It keeps nothing.

import { drawCharts, newestAtMs } from '/console/charts.js'
import { clock, element } from '/console/format.js'
import { drawMap } from '/console/partition-map.js'
import {
  drawEvents,
  drawFacts,
  drawMemory,
  drawOperations,
  drawProcesses,
  drawSlow,
  logFacts,
  totalFacts,
} from '/console/tables.js'

const everyMs = 1_000
const answerMsMax = 3_000
const byId = (id) => document.getElementById(id)
const healthWords = { good: 'All is well', notice: 'Worth a look', bad: 'Something is wrong' }
let view

async function look() {
  try {
    const answer = await fetch(`/console/data?since=${newestAtMs()}`, {
      signal: AbortSignal.timeout(answerMsMax),
    })
    if (answer.status === 401) {
      location.reload()
      return
    }
    if (!answer.ok) throw new Error(`the gateway answers ${answer.status}`)
    draw(await answer.json())
  } catch (error) {
    showHealth('bad', `No answer from this gateway: ${error.message}`)
    byId('map').style.opacity = '0.4'
  }
  setTimeout(look, everyMs)
}

function draw(data) {
  view = data.view
  byId('map').style.opacity = ''
  showHealth(view.health, healthWords[view.health])
  byId('when').textContent = `${clock(view.atMs)}, told by ${data.gateway}`
  drawAlarms(view.alarms)
  drawFacts(byId('totals'), totalFacts(view))
  drawMap(byId('map'), byId('legend'), { view, onMove: askToMove })
  drawEvents(byId('events'), view)
  drawProcesses(byId('processes'), { view, onDrain: askToDrain })
  drawCharts(byId('charts'), data.history)
  drawOperations(byId('operations'), view)
  drawMemory(byId('memory'), view)
  drawFacts(byId('log'), logFacts(view))
  drawSlow(byId('slow'), view)
}

function showHealth(health, words) {
  const shown = byId('health')
  shown.dataset.health = health
  if (shown.textContent !== words) shown.textContent = words
  const sign = { good: '', notice: '! ', bad: '!!! ' }[health] ?? ''
  document.title = `${sign}Rookery console`
}

function drawAlarms(alarms) {
  const items = alarms.map(({ level, text }) =>
    element('li', { 'data-level': level, textContent: text }),
  )
  byId('alarms').replaceChildren(...items)
}

function askToDrain(name) {
  const text =
    `${name} hands over what it serves, closes its sockets so that clients come back elsewhere, and ends. ` +
    'Under npm start it is started again at once.'
  confirmed({ title: `Drain ${name}?`, text, yes: `Drain ${name}` }, () =>
    send('/console/drain', { process: name }, `${name} drains.`),
  )
}

function askToMove({ partition, primary, pinnedTo }) {
  const shards = view.processes.filter(({ kind, state }) => kind === 'shard' && state === 'ready')
  const choices = shards.map(({ name }) => name).filter((name) => name !== primary)
  const options = choices.map((name) => element('option', { value: name, textContent: name }))
  if (pinnedTo !== undefined) {
    options.push(element('option', { value: '', textContent: 'wherever the ring puts it' }))
  }
  if (options.length === 0) {
    say('There is no other shard to move it to.')
    return
  }
  const text = `${primary ?? 'Nobody'} serves it now. Writes wait some milliseconds; nothing is refused.`
  confirmed({ title: `Move partition ${partition}?`, text, yes: 'Move it', options }, (to) =>
    send('/console/move', { partition, to }, `Partition ${partition} moves.`),
  )
}

function confirmed({ title, text, yes, options }, onYes) {
  const dialog = byId('confirm')
  byId('confirm-title').textContent = title
  byId('confirm-text').textContent = text
  byId('confirm-yes').textContent = yes
  byId('confirm-choice').hidden = options === undefined
  byId('confirm-to').replaceChildren(...(options ?? []))
  dialog.onclose = () => {
    if (dialog.returnValue === 'yes') onYes(byId('confirm-to').value)
  }
  dialog.returnValue = 'no'
  dialog.showModal()
}

async function send(path, body, done) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.ok) say(done)
    else
      say(answer.status === 409 ? (await answer.json()).refused : `Refused: ${await answer.text()}`)
  } catch (error) {
    say(`It could not be sent: ${error.message}`)
  }
}

let silence
function say(text) {
  const said = byId('said')
  said.textContent = text
  said.hidden = false
  clearTimeout(silence)
  silence = setTimeout(() => {
    said.hidden = true
  }, 6_000)
}

look()
