// Keys of applications, and moderators, on a running server with two gateways: quotas that hold over both, keys
// and accounts that end while sockets use them, and the moderators' tool as a person calls it.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { quotaDefault, quotaWindowMs } from '../../protocol/limits.ts'
import { OperatorClient } from '../../server/moderation/operator-client.ts'
import { quotaGrantMin } from '../../shard/operations/apps.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import type { HttpAnswer } from '../helpers/people.ts'
import { http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const operatorToken = 'the token of the operators'
const cluster = sharedCluster({
  env: { ROOKERY_OPERATOR_TOKEN: operatorToken, ROOKERY_GATEWAYS: '2', ROOKERY_HTTP_RATE: '10000' },
})
const tool = fileURLToPath(new URL('../../server/moderate.ts', import.meta.url))

function doorUrl(): string {
  return `http://127.0.0.1:${cluster().portsOf('gateway-0').adminPort}`
}

async function newApp(quota?: number) {
  const developer = await signUp(cluster(), 'shard-1')
  const { token } = developer
  const request = { method: 'POST', path: '/v1/apps', body: { name: 'Rook reader' }, token }
  const answer = await http(cluster(), request)
  expect(answer.status).toBe(201)
  const { app, key } = answer.body as { app: { id: string }; key: string }
  if (quota !== undefined) {
    const operator = new OperatorClient({ url: doorUrl(), token: operatorToken })
    const { handle } = developer
    const action = { by: 'moira', reason: 'a test' }
    await operator.call('app.setQuota', { handle, appId: Number(app.id), quota, ...action })
  }
  return { developer, app, key, headers: { 'x-api-key': key } }
}

/** Runs the moderators' tool. */
async function moderate(...given: string[]): Promise<string> {
  const args = [tool, ...given, '--url', doorUrl(), '--by', 'moira']
  const env = { ...process.env, ROOKERY_OPERATOR_TOKEN: operatorToken }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return stdout
}

/** Does something that must not see the end of a window, until it has not. What fails in between is tried again. */
async function withinOneWindow(work: () => Promise<void>): Promise<void> {
  for (;;) {
    const window = Math.floor(Date.now() / quotaWindowMs)
    const isOver = () => Math.floor(Date.now() / quotaWindowMs) !== window
    try {
      await work()
      if (!isOver()) return
    } catch (error) {
      if (!isOver()) throw error
    }
  }
}

describe('the key of an application', () => {
  test('is shown once, counts, and the tighter limit is told', async () => {
    const { developer, headers } = await newApp(50)
    const { token } = developer
    const read = await http(cluster(), { path: '/v1/apps', token, headers })
    expect(read.text).toContain('Rook reader')
    expect(read.text).not.toContain('rka_')
    expect(read.headers.get('x-ratelimit-limit')).toBe('50')
    expect(read.headers.get('x-ratelimit-remaining')).toBe('49')
    const without = await http(cluster(), { path: '/v1/apps', token })
    expect(without.headers.get('x-ratelimit-limit')).toBe('20000')
    // At the end of the window, and however much later the answer of the shard came.
    const resetMs = Number(read.headers.get('x-ratelimit-reset')) * 1000
    expect(resetMs % quotaWindowMs).toBeLessThan(60_000)
  })

  test('that nobody knows is nobody’s, over HTTP and on a socket', async () => {
    const { developer, key } = await newApp()
    const { token } = developer
    for (const wrong of ['nonsense', `${key.slice(0, -3)}AAA`]) {
      const headers = { 'x-api-key': wrong }
      const answer = await http(cluster(), { path: '/v1/apps', token, headers })
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      const opened = TestClient.open(cluster().liveUrl, { token, headers })
      await expect(opened).rejects.toThrow('refused with 401')
    }
  })

  test('lets no more through than its quota, by two gateways and sockets as well', async () => {
    await withinOneWindow(async () => {
      const quota = 300
      const { developer, headers } = await newApp(quota)
      const { token } = developer
      const clients = await Promise.all(
        [1, 2, 3, 4].map(() => TestClient.open(cluster().liveUrl, { token, headers })),
      )
      const asked = clients.flatMap((client) =>
        Array.from({ length: 100 }, () => client.request('app.list')),
      )
      const answers = await Promise.all(asked)
      const refused = answers.filter(([, , error]) => error !== undefined)
      for (const [, , error] of refused) {
        expect((error as { code: string }).code).toBe('rate_limited')
      }
      // Four upgrades count as well. The other gateway may hold a grant that it has not used.
      const letThrough = clients.length + answers.length - refused.length
      expect(letThrough).toBeLessThanOrEqual(quota)
      expect(letThrough).toBeGreaterThanOrEqual(quota - quotaGrantMin)
      // New connections go to either gateway, until neither has anything left.
      const outcomes: HttpAnswer[] = []
      const isOver = () => outcomes.slice(-16).filter(({ status }) => status === 429).length === 16
      while (!isOver()) {
        const request = { path: '/v1/apps', token, headers: { ...headers, connection: 'close' } }
        outcomes.push(await http(cluster(), request))
      }
      const later = outcomes.filter(({ status }) => status === 200).length
      expect(letThrough + later).toBeLessThanOrEqual(quota)
      expect(Number(outcomes.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
      for (const client of clients) client.close()
    })
  })

  test('closes its sockets within a second when it is revoked, and is good no more', async () => {
    const { developer, app, headers } = await newApp()
    const { token } = developer
    const clients = await Promise.all(
      [1, 2, 3].map(() => TestClient.open(cluster().liveUrl, { token, headers })),
    )
    const other = await TestClient.open(cluster().liveUrl, { token })
    const path = `/v1/apps/${app.id}`
    expect((await http(cluster(), { method: 'DELETE', path, token })).status).toBe(204)
    const revokedAtMs = performance.now()
    for (const client of clients) expect((await client.untilClosed()).code).toBe(4011)
    inTime('closing the sockets of a revoked key', performance.now() - revokedAtMs, 1_000)
    expect((await http(cluster(), { path: '/v1/apps', token, headers })).status).toBe(401)
    expect((await other.request('app.list'))[1]).toEqual({ apps: [] })
    other.close()
  })

  test('a program that can send no headers gives it with its token', async () => {
    await withinOneWindow(async () => {
      const { developer, key } = await newApp(3)
      const { token } = developer
      const client = await TestClient.open(cluster().liveUrl)
      const wrong = await client.request('session.resume', { token, apiKey: `${key}x` })
      expect(wrong[2]).toMatchObject({ code: 'unauthenticated' })
      const [, result] = await client.request('session.resume', { token, apiKey: key })
      expect(result).toMatchObject({ user: { handle: developer.handle } })
      const outcomes: unknown[] = []
      for (let count = 0; count < 4; count++) outcomes.push((await client.request('app.list'))[2])
      expect(outcomes.slice(0, 3)).toEqual([undefined, undefined, undefined])
      expect(outcomes[3]).toMatchObject({ code: 'rate_limited' })
      client.close()
    })
  })

  test('has the quota of all at first', async () => {
    const { developer } = await newApp()
    const { body } = await http(cluster(), { path: '/v1/apps', token: developer.token })
    expect(body).toMatchObject({ apps: [{ quota: quotaDefault }] })
  })
})

describe('a moderator', () => {
  test('suspends an account: its sockets close, its tweets are gone, and it is let in no more', async () => {
    const [ada, bob] = [await signUp(cluster(), 'shard-0'), await signUp(cluster(), 'shard-1')]
    const tweetId = await post(cluster(), bob, 'buy my rooks')
    const body = { reason: 'spam', text: 'every day' }
    const report = { method: 'PUT', path: `/v1/tweets/${tweetId}/report`, token: ada.token, body }
    expect((await http(cluster(), report)).status).toBe(204)
    const reports = await moderate('reports')
    expect(reports).toContain(
      `@${bob.handle} tweet ${tweetId}: "buy my rooks" by @${ada.handle}: "every day"`,
    )
    const client = await TestClient.open(cluster().liveUrl, { token: bob.token })
    const told = await moderate('suspend', `@${bob.handle}`, '--reason', 'sells rooks')
    expect(told).toBe(`@${bob.handle} is suspended.\n`)
    expect((await client.untilClosed()).code).toBe(4010)
    const tweet = { path: `/v1/tweets/${tweetId}`, token: ada.token }
    // Ada lives on the other shard, which hears of it a moment later.
    const isToAda = (status: number) =>
      eventually(async () => (await http(cluster(), tweet)).status === status, {
        withinMs: 5_000,
      })
    await isToAda(404)
    const act = { method: 'POST', path: '/v1/tweets', body: { text: 'again' }, token: bob.token }
    expect((await http(cluster(), act)).status).toBe(401)
    const credentials = { handle: bob.handle, password: bob.password }
    const signIn = { method: 'POST', path: '/v1/sessions', body: credentials }
    expect(await http(cluster(), signIn)).toMatchObject({
      status: 403,
      body: { code: 'suspended' },
    })
    await moderate('unsuspend', bob.handle, '--reason', 'a mistake')
    await isToAda(200)
    expect((await http(cluster(), signIn)).status).toBe(201)
    await moderate('remove', tweetId, '--reason', 'not allowed here')
    await isToAda(404)
    const log = (await moderate('log', '--limit', '3')).split('\n')
    expect(log[0]).toContain(
      `remove    @${bob.handle} tweet ${tweetId} by moira: "not allowed here"`,
    )
    expect(log[1]).toContain(`unsuspend @${bob.handle} by moira: "a mistake"`)
    expect(log[2]).toContain(`suspend   @${bob.handle} by moira: "sells rooks"`)
  })

  test('is told what is wrong with what they typed, and that somebody is not there', async () => {
    const failing = (...given: string[]) => moderate(...given).then(String, (error) => error)
    expect(await failing('suspend', '@somebody')).toMatchObject({ code: 2 })
    expect(await failing('exile', '@somebody')).toMatchObject({ code: 2 })
    const absent = await failing('suspend', '@nobody_at_all', '--reason', 'spam')
    expect(absent).toMatchObject({ code: 1 })
  })
})
