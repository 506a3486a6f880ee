// Promoted tweets on a running server of two shards: the advertiser lives on one, the readers on the other, which is
// killed while it serves. Operators credit the advertiser with their tool.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { promotedEvery } from '../../protocol/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const operatorToken = 'the token of the operators'
const cluster = sharedCluster({ env: { ROOKERY_OPERATOR_TOKEN: operatorToken } })
const tool = fileURLToPath(new URL('../../server/moderate.ts', import.meta.url))
const within = { withinMs: 20_000 }

type Promotion = {
  readonly id: string
  readonly status: string
  readonly endedBy?: string
  readonly impressions: number
  readonly spentMicros: number
}
type Entry = {
  readonly promotionId: string
  readonly place: number
  readonly impression: string
  readonly tweet: { readonly id: string; readonly authorId: string; readonly text: string }
}
type Page = {
  readonly tweets: readonly { readonly id: string }[]
  readonly promoted?: readonly Entry[]
  readonly olderCursor?: string
}

async function done<T>(person: Person, method: string, path: string, body?: object): Promise<T> {
  const given = method === 'PUT' || method === 'POST' ? { body: body ?? {} } : {}
  const answer = await http(cluster(), { method, path, token: person.token, ...given })
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
  return answer.body as T
}

async function fund(handle: string, micros: number): Promise<string> {
  const url = `http://127.0.0.1:${cluster().portsOf('gateway-0').adminPort}`
  const args = [tool, 'fund', `@${handle}`, String(micros), '--reason', 'paid in']
  const env = { ...process.env, ROOKERY_OPERATOR_TOKEN: operatorToken }
  const given = [...args, '--url', url, '--by', 'moira']
  const { stdout } = await promisify(execFile)(process.execPath, given, { env })
  return stdout
}

/** Somebody who posts a whole page, and so many who follow them. */
async function audience(count: number): Promise<readonly Person[]> {
  const bob = await signUp(cluster(), 'shard-1')
  const readers = await Promise.all(
    Array.from({ length: count }, () => signUp(cluster(), 'shard-1')),
  )
  for (const reader of readers) await follow(cluster(), reader, bob)
  for (let number = 0; number <= promotedEvery; number++) {
    await post(cluster(), bob, `tweet ${number}`)
  }
  return readers
}

function home(reader: Person, query = ''): Promise<Page> {
  return done(reader, 'GET', `/v1/timelines/home${query}`)
}

/** The promoted entry of a page, as soon as the shard has heard of the promotion. */
function shown(reader: Person): Promise<Entry> {
  return eventually(async () => {
    const answer = await http(cluster(), { path: '/v1/timelines/home', token: reader.token })
    return answer.status === 200 ? (answer.body as Page).promoted?.[0] : undefined
  }, within)
}

/** Until it is acknowledged: a shard may be away for a moment. */
async function see(reader: Person, { promotionId, impression }: Entry): Promise<void> {
  const path = `/v1/promotions/${promotionId}/impressions/${impression}`
  await eventually(async () => {
    const { token } = reader
    return (await http(cluster(), { method: 'PUT', path, token, body: {} })).status === 204
  }, within)
}

describe('a promoted tweet', () => {
  test('is paid for once for each impression, while the serving shard is killed, and never beyond the budget', async () => {
    const ada = await signUp(cluster(), 'shard-0')
    const tweetId = await post(cluster(), ada, 'The best rooks of the fen')
    expect(await fund(ada.handle, 5_000)).toContain('5000 micros')
    const readers = await audience(6)
    const terms = { tweetId, budgetMicros: 450, pricePerImpressionMicros: 100, frequencyCap: 1 }
    const made = await http(cluster(), {
      method: 'POST',
      path: '/v1/promotions',
      token: ada.token,
      body: terms,
    })
    expect(made.status, made.text).toBe(201)
    const { promotion } = made.body as { promotion: Promotion }
    expect(made.headers.get('location')).toBe(`/v1/promotions/${promotion.id}`)

    const entries = await Promise.all(readers.map(shown))
    for (const entry of entries) {
      expect(entry).toMatchObject({
        promotionId: promotion.id,
        tweet: { id: tweetId, authorId: ada.id },
      })
    }
    const [first] = readers as [Person]
    await see(first, entries[0]!)
    cluster().signal('shard-1', 'SIGKILL')
    await Promise.all(
      readers.flatMap((reader, n) => [see(reader, entries[n]!), see(reader, entries[n]!)]),
    )
    const { path, token } = { path: `/v1/promotions/${promotion.id}`, token: ada.token }
    const outcome = (await http(cluster(), { path, token })).body as { promotion: Promotion }
    expect(outcome.promotion).toMatchObject({
      status: 'ended',
      endedBy: 'budget',
      impressions: 4,
      spentMicros: 400,
    })
    await eventually(async () => {
      const pages = await Promise.all(
        readers.map((reader) =>
          http(cluster(), { path: '/v1/timelines/home', token: reader.token }),
        ),
      )
      return pages.every(({ status, text }) => status === 200 && !text.includes('best rooks'))
    }, within)
    const left = await done<{ availableMicros: number }>(ada, 'GET', '/v1/promotions')
    expect(left.availableMicros).toBe(4_600)
  })

  test('is not shown to whom the advertiser has blocked, nor on a short page, and moves no cursor', async () => {
    const ada = await signUp(cluster(), 'shard-0')
    const tweetId = await post(cluster(), ada, 'Nests for sale')
    await fund(ada.handle, 5_000)
    const [cid, dan] = (await audience(2)) as [Person, Person]
    const plain = await home(cid)
    const terms = { tweetId, budgetMicros: 1_000, pricePerImpressionMicros: 100, frequencyCap: 3 }
    const { promotion } = await done<{ promotion: Promotion }>(ada, 'POST', '/v1/promotions', terms)
    await Promise.all([shown(cid), shown(dan)])
    const page = await home(cid)
    expect({ tweets: page.tweets, olderCursor: page.olderCursor }).toEqual({
      tweets: plain.tweets,
      olderCursor: plain.olderCursor,
    })
    expect((await home(cid, '?limit=19')).promoted).toBeUndefined()
    expect((await home(cid, `?before=${page.olderCursor}`)).promoted).toBeUndefined()
    await done(ada, 'PUT', `/v1/users/${dan.id}/block`)
    await eventually(async () => (await home(dan)).promoted === undefined, within)

    // What is confirmed over a socket counts as well; a stranger's impression does not.
    const entry = await shown(cid)
    const client = await TestClient.open(cluster().liveUrl, { token: cid.token, encoding: 'json' })
    const params = { promotionId: promotion.id, impression: entry.impression }
    const [, answer] = await client.request('promotion.impression', params)
    expect(answer).toEqual({})
    client.close()
    const stolen = `/v1/promotions/${promotion.id}/impressions/${entry.impression}`
    const refused = await http(cluster(), {
      method: 'PUT',
      path: stolen,
      token: dan.token,
      body: {},
    })
    expect(refused).toMatchObject({ status: 409, body: { code: 'not_shown' } })
    const ended = await done<{ promotion: Promotion }>(
      ada,
      'DELETE',
      `/v1/promotions/${promotion.id}`,
    )
    expect(ended.promotion).toMatchObject({
      status: 'ended',
      endedBy: 'advertiser',
      impressions: 1,
    })
    await eventually(async () => (await home(cid)).promoted === undefined, within)
  })
})
