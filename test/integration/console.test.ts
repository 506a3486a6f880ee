// What an operator sees and does: the console of a gateway with two shards, each a replica of the other.
// A death and a move are told within 2 s of the moment in which they happen.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ClusterView, ConsoleData } from '../../server/console/sample.ts'
import { eventually } from '../helpers/eventually.ts'
import { http, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const token = 'a token of operators'
const bearer = { authorization: `Bearer ${token}` }
const cluster = sharedCluster({
  env: { ROOKERY_OPERATOR_TOKEN: token, ROOKERY_REPLICAS: '1' },
})
/** From the moment on in which something happens, until the console says so. */
const toldWithinMs = 2_000
const settledWithinMs = 30_000
/** So long after the last move nothing is under way. */
const restMs = 3_000

const url = (path = ''): string =>
  `http://127.0.0.1:${cluster().portsOf('gateway-0').adminPort}/console${path}`

async function look(): Promise<ClusterView> {
  const answer = await fetch(url('/data'), { headers: bearer })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as ConsoleData).view
}

async function act(path: string, body: object): Promise<[number, unknown]> {
  const answer = await fetch(url(path), {
    method: 'POST',
    headers: bearer,
    body: JSON.stringify(body),
  })
  return [answer.status, await answer.json()]
}

/** Both shards are there, and each partition has its primary and its replica. */
async function settled(): Promise<ClusterView> {
  return await eventually(
    async () => {
      const view = await look()
      const isWhole = view.partitions.every((one) => one.primary && one.replicas.length === 1)
      const shards = view.processes.filter(({ kind }) => kind === 'shard')
      const isBalanced = shards.every(({ state, primaries }) => state === 'ready' && primaries > 16)
      // Of two shards that start, one may have taken all and hand a part over now; moves in quick succession are told as one.
      const isAtRest = view.partitions.every(
        ({ changedAtMs = 0 }) => view.atMs - changedAtMs > restMs,
      )
      return isWhole && isBalanced && isAtRest && shards.length === 2 ? view : undefined
    },
    { withinMs: settledWithinMs, elseDump: look },
  )
}

/** Keeps people posting and reading until it is over, whatever they are answered meanwhile. */
async function busy(): Promise<AsyncDisposable & { readonly answered: () => number }> {
  const people = await Promise.all([signUp(cluster(), 'shard-0'), signUp(cluster(), 'shard-1')])
  let isOver = false
  let answered = 0
  const work = people.map(async ({ token }) => {
    while (!isOver) {
      const body = { text: 'a call' }
      const { status } = await http(cluster(), { method: 'POST', path: '/v1/tweets', token, body })
      if (status === 201) answered++
      await http(cluster(), { path: '/v1/timelines/home', token })
    }
  })
  return {
    answered: () => answered,
    async [Symbol.asyncDispose]() {
      isOver = true
      await Promise.all(work)
    },
  }
}

function isMoveOf({ kind, partitions }: ClusterView['events'][number], partition: number): boolean {
  return kind === 'move' && partitions[0] === partition
}

describe('the page', () => {
  test('asks whoever has no token for it, and shows them nothing else', async () => {
    const page = await fetch(url())
    expect(page.status).toBe(401)
    expect(await page.text()).toContain('name="token"')
    expect((await fetch(url('/data'))).status).toBe(401)
    const drained = await fetch(url('/drain'), { method: 'POST', body: '{"process":"shard-0"}' })
    expect(drained.status).toBe(403)
  })

  test('opens with a cookie that scripts cannot read, and loads nothing from elsewhere', async () => {
    const { origin } = new URL(url())
    const signIn = (given: string) =>
      fetch(url('/sign-in'), {
        method: 'POST',
        redirect: 'manual',
        headers: { origin },
        body: new URLSearchParams({ token: given }),
      })
    expect((await signIn('wrong')).headers.get('location')).toBe('/console?wrong')
    const signedIn = await signIn(token)
    const [cookie = ''] = signedIn.headers.getSetCookie()
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    const page = await fetch(url(), { headers: { cookie: cookie.split(';')[0]! } })
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    const html = await page.text()
    const own = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(own.length).toBeGreaterThan(2)
    for (const path of own) expect((await fetch(`${origin}${path}`)).status, path).toBe(200)
  })

  test('acts for nobody who was led here from another site', async () => {
    const headers = { origin: 'http://elsewhere.example' }
    const body = new URLSearchParams({ token })
    const signedIn = await fetch(url('/sign-in'), { method: 'POST', headers, body })
    expect(signedIn.status).toBe(403)
  })
})

describe('the cluster at a glance', () => {
  test('names all processes, all partitions, the log, memory and what was asked', async () => {
    const view = await settled()
    expect(view.partitions).toHaveLength(64)
    expect(view.log).toMatchObject({ kind: 'embedded' })
    expect(view.log?.problem).toBeUndefined()
    expect(view.memory.map(({ name }) => name).sort()).toEqual(['shard-0', 'shard-1'])
    const posted = await fetch(`${cluster().url}/v1/users/@nobody`)
    expect(posted.status).toBe(404)
    await eventually(
      async () => (await look()).operations.some(({ name }) => name === 'user.get'),
      { withinMs: toldWithinMs, elseDump: look },
    )
  })

  test('is the same in a terminal', async () => {
    const program = fileURLToPath(new URL('../../server/top.ts', import.meta.url))
    const { origin } = new URL(url())
    const top = spawn(process.execPath, [program, origin, '--once'], {
      env: { ...process.env, ROOKERY_OPERATOR_TOKEN: token },
    })
    let text = ''
    top.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    expect(await once(top, 'close')).toEqual([0, null])
    expect(text).toMatch(/gateway-0 +ready/)
    expect(text).toMatch(/shard-1 +ready/)
  })
})

test('under load, a move is told within 2 s, and what cannot be moved is refused', async () => {
  const before = await settled()
  await using load = await busy()
  await eventually(() => load.answered() > 10, { withinMs: settledWithinMs })
  const { primary, epoch } = before.partitions[5]!
  const to = primary === 'shard-0' ? 'shard-1' : 'shard-0'
  expect(await act('/move', { partition: 5, to: 'shard-9' })).toEqual([
    409,
    { refused: 'No shard called shard-9 is there.' },
  ])
  expect((await act('/move', { partition: 64, to }))[0]).toBe(409)
  expect(await act('/move', { partition: 5, to })).toEqual([202, { done: true }])
  const view = await eventually(
    async () => {
      const seen = await look()
      const isTold = seen.events.some((event) => isMoveOf(event, 5))
      return isTold && seen.partitions[5]?.primary === to ? seen : undefined
    },
    { withinMs: toldWithinMs, elseDump: look },
  )
  expect(view.partitions[5]).toMatchObject({ pinnedTo: to })
  expect(view.partitions[5]!.epoch).toBeGreaterThan(epoch)
  const event = view.events.find((one) => isMoveOf(one, 5))
  expect(event).toMatchObject({ from: primary, to, partitions: [5] })
  // And back to where the ring has it.
  expect((await act('/move', { partition: 5, to: '' }))[0]).toBe(202)
  await eventually(async () => (await look()).partitions[5]?.primary === primary, {
    withinMs: toldWithinMs,
    elseDump: look,
  })
})

test('under load, the death of a shard is told within 2 s: who is gone, who took over, and why', async () => {
  await settled()
  await using load = await busy()
  await eventually(() => load.answered() > 10, { withinMs: settledWithinMs })
  cluster().signal('shard-0', 'SIGKILL')
  const view = await eventually(
    async () => {
      const seen = await look()
      const isTold = seen.events.some(({ kind, from }) => kind === 'failover' && from === 'shard-0')
      // The one that died is started again, and soon has some of them back: there is a look each second.
      return isTold && seen.partitions.every(({ primary }) => primary) ? seen : undefined
    },
    { withinMs: toldWithinMs, elseDump: look },
  )
  expect(view.health).not.toBe('good')
  const event = view.events.find(({ kind }) => kind === 'failover')
  expect(event).toMatchObject({ from: 'shard-0', to: 'shard-1' })
  expect(event?.cause).toMatch(/^shard-0 (died or does not answer|was started again)/)
  expect(view.alarms.some(({ text }) => text.startsWith('Failover: shard-1 took'))).toBe(true)
  await settled()
})

test('a process that is drained hands over what it serves, and is back under the supervisor', async () => {
  await settled()
  const pid = cluster().pidOf('shard-1')
  expect(await act('/drain', { process: 'shard-7' })).toMatchObject([409, {}])
  expect(await act('/drain', { process: 'shard-1' })).toEqual([202, { done: true }])
  await eventually(
    async () => {
      const seen = (await look()).processes.find(({ name }) => name === 'shard-1')
      return seen?.pid !== undefined && seen.pid !== pid
    },
    { withinMs: settledWithinMs, elseDump: look },
  )
  const view = await settled()
  expect(view.events.some(({ kind, from }) => kind === 'failover' && from === 'shard-1')).toBe(
    false,
  )
})
