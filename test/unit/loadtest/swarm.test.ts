// A swarm against a gateway that does as the test says: what comes is entered in the ledger, once, and a
// stream goes on only from where it was confirmed.

import { afterEach, expect, test } from 'vitest'
import { Recorder } from '../../../loadtest/report/recorder.ts'
import { makeReport } from '../../../loadtest/report/report.ts'
import { Ledger, textOf } from '../../../loadtest/swarm/ledger.ts'
import { Swarm } from '../../../loadtest/swarm/swarm.ts'
import { timelineHome } from '../../../protocol/operations/timeline-home.ts'
import { eventually } from '../../helpers/eventually.ts'
import type { Connection, Request } from './fake-gateway.ts'
import { FakeGateway } from './fake-gateway.ts'

const within = { withinMs: 5_000 }
const toClose: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

const tweet = (text: string) => ({
  id: 1,
  authorId: 1,
  text,
  createdAt: 1,
  entities: { mentions: [], hashtags: [], urls: [] },
  counts: { favorites: 0, retweets: 0, replies: 0 },
})
const page = (position: string, options: { recovered?: boolean; texts?: string[] } = {}) => ({
  position,
  recovered: options.recovered ?? false,
  tweets: (options.texts ?? []).map(tweet),
  users: [],
})
const push = (text: string, position: string) => [
  0,
  'timeline.tweet',
  { tweet: tweet(text), users: [], position },
]

/** Two clients, of whom 0 reads what 1 posts. */
async function swarmWith(answer: (request: Request, connection: Connection) => void) {
  const gateway = await FakeGateway.open(answer)
  toClose.push(() => gateway.close())
  const report = makeReport({ isTerminal: false, print: () => undefined })
  const recorder = new Recorder({ report })
  const ledger = new Ledger({ recipientsOf: () => Uint32Array.of(0) })
  const lost: number[] = []
  const swarm = new Swarm({
    url: `${gateway.url}/v1/live`,
    tokens: ['rk_0', 'rk_1'],
    addresses: 2,
    ledger,
    recorder,
    onLost: (_, code) => lost.push(code),
  })
  toClose.push(() => swarm.close())
  const posted = (number: number) => {
    const post = ledger.post({
      author: 1,
      intendedMs: performance.now(),
      sentMs: performance.now(),
    })
    expect(post.number).toBe(number)
    return textOf(post, 'hello')
  }
  const errors = () => recorder.recording().errors
  return { gateway, swarm, ledger, lost, posted, errors, client: swarm.clients[0]! }
}

test('pushes are entered, and what was missed comes with the resumption', async () => {
  const pages = [page('e:1'), page('e:9', { recovered: true, texts: ['p1: hello'] })]
  const world = await swarmWith(({ id }, { send }) => send([id, pages.shift()]))
  const { swarm, ledger, client, gateway } = world
  await swarm.open(client)
  gateway.connections[0]!.send(push(world.posted(0), 'e:2'))
  await eventually(() => ledger.arrived === 1, within)
  swarm.leave(client)
  world.posted(1)
  await swarm.open(client)
  expect(gateway.requests.map(({ params }) => params)).toEqual([
    { channel: 'home' },
    { channel: 'home', position: 'e:2' },
  ])
  expect(ledger).toMatchObject({ isComplete: true, doubled: 0 })
  expect(client.position).toBe('e:9')
  expect(world.errors()).toEqual({})
})

test('a push that comes twice is doubled', async () => {
  const { swarm, ledger, client, gateway, posted } = await swarmWith(({ id }, { send }) =>
    send([id, page('e:1')]),
  )
  await swarm.open(client)
  const text = posted(0)
  for (const position of ['e:2', 'e:3']) gateway.connections[0]!.send(push(text, position))
  await eventually(() => ledger.doubled === 1, within)
})

test('a push on a socket whose subscription failed does not continue the stream', async () => {
  const timeout = { code: 'timeout', message: 'too late', retry: 'same' }
  const world = await swarmWith(({ id, params }, { send }) => {
    const isFirst = !('position' in params)
    if (isFirst) send([id, page('e:1')])
    else send([push('p0: hello', 'e:5'), [id, null, timeout]])
  })
  const { swarm, client, ledger } = world
  await swarm.open(client)
  swarm.leave(client)
  world.posted(0)
  await expect(swarm.open(client)).rejects.toThrow('timeout')
  expect(client).toMatchObject({ position: 'e:1', state: 'away' })
  expect(ledger.arrived).toBe(0)
  expect(world.errors()).toEqual({ 'push without a subscription': 1 })
})

test('what cannot be recovered is an error, and its page is not new', async () => {
  const pages = [page('e:1'), page('f:1', { texts: ['p0: hello'] })]
  const world = await swarmWith(({ id }, { send }) => send([id, pages.shift()]))
  const { swarm, client, ledger } = world
  await swarm.open(client)
  swarm.leave(client)
  world.posted(0)
  await swarm.open(client)
  expect(ledger.missing().missed).toBe(0)
  expect(world.errors()).toEqual({ 'not recovered': 1 })
})

test('what was asked is lost with its socket, and the owner hears of the code', async () => {
  const world = await swarmWith(({ id, operation }, connection) => {
    if (operation === 'live.subscribe') connection.send([id, page('e:1')])
    else connection.close(4210)
  })
  const { swarm, client, lost } = world
  await swarm.open(client)
  const request = { operation: timelineHome, params: {}, kind: undefined }
  swarm.request(client, { ...request, intendedMs: performance.now() })
  expect(swarm.unanswered).toBe(1)
  await eventually(() => lost.length === 1, within)
  expect(lost).toEqual([4210])
  expect(swarm.unanswered).toBe(0)
  expect(world.errors()).toEqual({ 'lost with its socket': 1 })
})
