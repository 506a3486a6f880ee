// Live streams through the whole server: who comes back gets exactly what was missed, or is told
// that it cannot be known (I4, I8); what was taken away is not shown again (I5); counts and deletions
// arrive by themselves.

import { describe, expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import type { Person } from '../helpers/people.ts'
import { follow, home, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()
const encodings = ['msgpack', 'json'] as const
type Encoding = (typeof encodings)[number]

type Stream = {
  readonly position: string
  readonly recovered: boolean
  readonly tweets: readonly { readonly id: unknown }[]
}
type PushedTweet = { readonly tweet: { readonly id: unknown }; readonly position: string }

/** An author on one shard and a follower on the other. */
async function pair(): Promise<{ author: Person; reader: Person }> {
  const author = await signUp(cluster(), 'shard-0', 'a')
  const reader = await signUp(cluster(), 'shard-1', 'r')
  await follow(cluster(), reader, author)
  return { author, reader }
}

async function subscribe(
  { token }: Person,
  options: { encoding?: Encoding; position?: string | undefined } = {},
): Promise<{ client: TestClient; stream: Stream }> {
  const { encoding = 'msgpack', position } = options
  const client = await TestClient.open(cluster().liveUrl, { token, encoding })
  const params = { channel: 'home', ...(position === undefined ? {} : { position }) }
  const [, stream, error] = await client.request('live.subscribe', params)
  expect(error).toBeUndefined()
  return { client, stream: stream as Stream }
}

function pushed<T>(client: TestClient, event: string): T[] {
  return client
    .answers()
    .flatMap(([id, name, data]) => (id === 0 && name === event ? [data as T] : []))
}

const tweetsPushed = (client: TestClient) => pushed<PushedTweet>(client, 'timeline.tweet')
const idsOf = (tweets: readonly { readonly id: unknown }[]) => tweets.map(({ id }) => String(id))

const tweetsWhileAway = 60
const returnsWhileAway = 4
/** How many of the tweets may be posted when the reader has come back so often: whoever is faster waits for the other. */
const postedBy = (returns: number) =>
  Math.min(tweetsWhileAway, (tweetsWhileAway / returnsWhileAway) * (returns + 1))

describe.each(encodings)('a reader who speaks %s', (encoding) => {
  test('comes back with a position and gets exactly what was missed, newest first (I4)', async () => {
    const { author, reader } = await pair()
    const { client } = await subscribe(reader, { encoding })
    const seen = await post(cluster(), author, 'seen')
    await eventually(() => tweetsPushed(client).length === 1, { withinMs: 10_000 })
    const [push] = tweetsPushed(client)
    expect(String(push?.tweet.id)).toBe(seen)
    client.close()
    const missed: string[] = []
    for (let count = 0; count < 5; count++)
      missed.unshift(await post(cluster(), author, `${count}`))
    await eventually(async () => (await home(cluster(), reader)).tweets.length === 6, {
      withinMs: 10_000,
    })
    const { client: back, stream } = await subscribe(reader, { encoding, position: push?.position })
    expect(stream.recovered).toBe(true)
    expect(idsOf(stream.tweets)).toEqual(missed)
    back.close()
  })

  test('comes and goes while tweets arrive, and sees each of them once and in order (I4, I8)', async () => {
    const { author, reader } = await pair()
    const first = await subscribe(reader, { encoding })
    first.client.close()
    let position = first.stream.position
    const seen: string[] = []
    const expected: string[] = []
    let returns = 0
    const posting = (async () => {
      for (let count = 0; count < tweetsWhileAway; count++) {
        await eventually(() => count < postedBy(returns), { withinMs: 60_000 })
        expected.push(await post(cluster(), author, `tweet ${count}`))
      }
    })()
    while (seen.length < tweetsWhileAway) {
      const { client, stream } = await subscribe(reader, { encoding, position })
      expect(stream.recovered).toBe(true)
      const comingCount = postedBy(returns) - seen.length - stream.tweets.length
      const wantedCount = Math.min(3 + (returns % 5), comingCount)
      await eventually(() => tweetsPushed(client).length >= wantedCount, { withinMs: 10_000 })
      client.close()
      const pushes = tweetsPushed(client)
      seen.push(...idsOf(stream.tweets).reverse())
      seen.push(...idsOf(pushes.map(({ tweet }) => tweet)))
      position = pushes.at(-1)?.position ?? stream.position
      returns++
    }
    await posting
    expect(seen).toEqual(expected)
    expect(returns).toBeGreaterThanOrEqual(returnsWhileAway)
  })
})

describe('what was taken away (I5)', () => {
  test('an author who is followed no more is not shown and not pushed', async () => {
    const { author, reader } = await pair()
    const other = await signUp(cluster(), 'shard-1', 'o')
    await follow(cluster(), reader, other)
    const { client } = await subscribe(reader)
    await post(cluster(), author, 'before')
    await eventually(() => tweetsPushed(client).length === 1, { withinMs: 10_000 })
    const path = `/v1/users/${author.id}/follow`
    const unfollowed = await http(cluster(), { method: 'DELETE', path, token: reader.token })
    expect(unfollowed.status).toBe(200)
    expect((await home(cluster(), reader)).tweets).toEqual([])
    const hidden = await post(cluster(), author, 'after')
    const tell = await http(cluster(), { path: `/v1/tweets/${hidden}`, token: reader.token })
    expect(tell.status, 'the tweet has reached the shard of the reader').toBe(200)
    // Pushes keep their order: once this one is there, the other one will not come any more.
    const shown = await post(cluster(), other, 'from somebody else')
    await eventually(() => tweetsPushed(client).length === 2, { withinMs: 10_000 })
    expect(String(tweetsPushed(client)[1]?.tweet.id)).toBe(shown)
    expect(idsOf((await home(cluster(), reader)).tweets)).toEqual([shown])
    client.close()
  })

  test('a deleted tweet is gone for its author at once, for a follower who is told, and for good', async () => {
    const { author, reader } = await pair()
    const { client } = await subscribe(reader)
    const tweetId = await post(cluster(), author, 'soon gone')
    await eventually(() => tweetsPushed(client).length === 1, { withinMs: 10_000 })
    const path = `/v1/tweets/${tweetId}`
    const deleted = await http(cluster(), { method: 'DELETE', path, token: author.token })
    expect(deleted.status).toBe(200)
    expect((await home(cluster(), author)).tweets).toEqual([])
    const deletions = () => pushed<{ tweetId: number }>(client, 'tweet.deleted')
    await eventually(() => deletions().length > 0, { withinMs: 1_000 })
    expect(String(deletions()[0]?.tweetId)).toBe(tweetId)
    expect((await home(cluster(), reader)).tweets).toEqual([])
    expect((await http(cluster(), { path, token: reader.token })).status).toBe(404)
    client.close()
    const { client: back, stream } = await subscribe(reader)
    expect(stream.tweets).toEqual([])
    back.close()
  })
})

test('new counts of a tweet reach who was shown it, from actors on either shard', async () => {
  const { author, reader } = await pair()
  const { client } = await subscribe(reader)
  const tweetId = await post(cluster(), author, 'count me')
  await eventually(() => tweetsPushed(client).length === 1, { withinMs: 10_000 })
  const favorite = { method: 'PUT', path: `/v1/tweets/${tweetId}/favorite`, body: {} }
  for (const { token } of [author, reader]) {
    expect((await http(cluster(), { ...favorite, token })).status).toBe(200)
  }
  const counts = () => pushed<{ tweetId: number; favorites: number }>(client, 'tweet.counts')
  await eventually(() => counts().at(-1)?.favorites === 2, { withinMs: 5_000 })
  expect(counts().every((push) => String(push.tweetId) === tweetId)).toBe(true)
  client.close()
})

test('after the restart of its shard a stream is not recovered: the reader is told, and gets a fresh page (I8)', async () => {
  const { author, reader } = await pair()
  const { client } = await subscribe(reader)
  const before = await post(cluster(), author, 'before')
  await eventually(() => tweetsPushed(client).length === 1, { withinMs: 10_000 })
  const position = tweetsPushed(client)[0]?.position
  const killed = cluster().signal('shard-1', 'SIGKILL')
  expect((await client.untilClosed()).code).toBe(4210)
  const missed = await post(cluster(), author, 'while the shard was away')
  await cluster().untilReady()
  expect(cluster().pidOf('shard-1')).not.toBe(killed)
  await eventually(async () => (await home(cluster(), reader)).tweets.length === 2, {
    withinMs: 10_000,
  })
  const { client: back, stream } = await subscribe(reader, { position })
  expect(stream.recovered).toBe(false)
  expect(idsOf(stream.tweets)).toEqual([missed, before])
  const after = await post(cluster(), author, 'after')
  await eventually(() => tweetsPushed(back).length === 1, { withinMs: 10_000 })
  expect(String(tweetsPushed(back)[0]?.tweet.id)).toBe(after)
  back.close()
})
