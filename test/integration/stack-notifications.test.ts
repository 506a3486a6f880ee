// Notifications through the whole server: what somebody on one shard does is told on the other, by push, on the
// page, and to who comes back (I8); and nothing of those who are muted or blocked (I5).

import { describe, expect, test } from 'vitest'
import type { NotificationKind } from '../../protocol/notifications.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { http, type Person, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()

/** As JSON has it. */
type Told = {
  readonly id: string
  readonly key: string
  readonly kind: NotificationKind
  readonly tweetId?: string
  readonly actorIds: readonly string[]
  readonly count: number
  readonly read: boolean
}
type Stream = {
  readonly position: string
  readonly recovered: boolean
  readonly notifications: readonly Told[]
  readonly unreadCount: number
}
type Pushed = { readonly notification: Told; readonly position: string }

async function send<T>(
  person: Person,
  [method, path, body]: readonly [string, string, object?],
): Promise<T> {
  const answer = await http(cluster(), { method, path, body, token: person.token })
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
  return answer.body as T
}

async function listen({ token }: Person, position?: string) {
  const client = await TestClient.open(cluster().liveUrl, { token, encoding: 'json' })
  const params = { channel: 'notifications', ...(position === undefined ? {} : { position }) }
  const [, stream, error] = await client.request('live.subscribe', params)
  expect(error).toBeUndefined()
  return { client, stream: stream as Stream }
}

const pushed = (client: TestClient): Pushed[] =>
  client
    .answers()
    .flatMap(([id, name, data]) => (id === 0 && name === 'notification' ? [data as Pushed] : []))

const list = (person: Person) =>
  send<Omit<Stream, 'position'>>(person, ['GET', '/v1/notifications?limit=100'])

async function pair(): Promise<{ reader: Person; other: Person; tweetId: string }> {
  const reader = await signUp(cluster(), 'shard-0', 'n')
  const other = await signUp(cluster(), 'shard-1', 'o')
  const tweetId = await post(cluster(), reader, 'rooks at dusk')
  // Whoever is asked for by name is waited for: from now on a mention on that shard finds them.
  await send(other, ['GET', `/v1/users/@${reader.handle}`])
  return { reader, other, tweetId }
}

const mentionsWhileAway = 40
const returnsWhileAway = 4
/** How many may be posted when the reader has come back so often: whoever is faster waits for the other. */
const postedBy = (returns: number) =>
  Math.min(mentionsWhileAway, (mentionsWhileAway / returnsWhileAway) * (returns + 1))

describe('what somebody does on another shard', () => {
  test('each kind is pushed once, and stands on the page until it is read', async () => {
    const { reader, other, tweetId } = await pair()
    const { client, stream } = await listen(reader)
    expect(stream).toMatchObject({ recovered: false, notifications: [], unreadCount: 0 })
    await post(cluster(), other, `look, @${reader.handle}`)
    await send(other, ['POST', '/v1/tweets', { text: 'so many', inReplyTo: tweetId }])
    await send(other, ['POST', '/v1/tweets', { text: 'see this', quoteOf: tweetId }])
    await send(other, ['PUT', `/v1/tweets/${tweetId}/retweet`])
    await send(other, ['PUT', `/v1/tweets/${tweetId}/favorite`])
    await send(other, ['PUT', `/v1/users/${reader.id}/follow`])
    const kinds = ['mention', 'reply', 'quote', 'retweet', 'favorite', 'follow']
    await eventually(() => pushed(client).length === kinds.length, { withinMs: 5_000 })
    const told = pushed(client).map(({ notification }) => notification)
    expect(told.map(({ kind }) => kind)).toEqual(kinds)
    for (const one of told) expect(one).toMatchObject({ actorIds: [other.id], count: 1 })
    const page = await list(reader)
    expect(page.notifications).toEqual([...told].reverse())
    expect(page.unreadCount).toBe(kinds.length)
    const upTo = told[3]!.id
    const read = ['PUT', '/v1/notifications/read', { upTo }] as const
    expect(await send(reader, read)).toEqual({ unreadCount: 2 })
    expect((await list(reader)).notifications.filter((one) => one.read)).toHaveLength(4)
    const unread = ['GET', '/v1/notifications/unread'] as const
    expect(await send(reader, unread)).toEqual({ unreadCount: 2 })
    client.close()
  })

  test('a request is told to who is asked, and its approval to who asked', async () => {
    const { reader, other } = await pair()
    await send(reader, ['PUT', '/v1/profile', { protected: true }])
    const { client } = await listen(reader)
    const { client: asking } = await listen(other)
    await eventually(
      async () => {
        const { user } = await send<{ user: { protected: boolean } }>(other, [
          'GET',
          `/v1/users/${reader.id}`,
        ])
        return user.protected
      },
      { withinMs: 5_000 },
    )
    await send(other, ['PUT', `/v1/users/${reader.id}/follow`])
    await eventually(() => pushed(client).length === 1, { withinMs: 5_000 })
    expect(pushed(client)[0]!.notification).toMatchObject({
      kind: 'follow_request',
      actorIds: [other.id],
    })
    await send(reader, ['PUT', `/v1/follow-requests/${other.id}`])
    await eventually(() => pushed(asking).length === 1, { withinMs: 5_000 })
    expect(pushed(asking)[0]!.notification).toMatchObject({
      kind: 'follow_approved',
      actorIds: [reader.id],
    })
    expect((await list(reader)).notifications).toEqual([])
    for (const socket of [client, asking]) socket.close()
  })
})

test('I8: whoever comes and goes while much happens misses none of it', async () => {
  const { reader, other } = await pair()
  const expected: string[] = []
  let returns = 0
  const posting = (async () => {
    for (let count = 0; count < mentionsWhileAway; count++) {
      await eventually(() => count < postedBy(returns), { withinMs: 60_000 })
      expected.push(await post(cluster(), other, `@${reader.handle}, ${count}`))
    }
  })()
  const seen: (string | undefined)[] = []
  let position: string | undefined
  while (seen.length < mentionsWhileAway) {
    const { client, stream } = await listen(reader, position)
    expect(stream.recovered).toBe(position !== undefined)
    const missed = [...stream.notifications].reverse()
    const wanted = Math.min(2 + (returns % 4), postedBy(returns) - seen.length - missed.length)
    await eventually(() => pushed(client).length >= wanted, { withinMs: 10_000 })
    client.close()
    const pushes = pushed(client)
    seen.push(...missed.map(({ tweetId }) => tweetId))
    seen.push(...pushes.map(({ notification }) => notification.tweetId))
    position = pushes.at(-1)?.position ?? stream.position
    returns++
  }
  await posting
  expect(seen).toEqual(expected)
  expect(returns).toBeGreaterThanOrEqual(returnsWhileAway)
})

test('I5: nothing comes of who is muted or blocked, and what had come is gone', async () => {
  const { reader, other, tweetId } = await pair()
  const third = await signUp(cluster(), 'shard-1', 't')
  const { client } = await listen(reader)
  await send(other, ['PUT', `/v1/tweets/${tweetId}/favorite`])
  await send(third, ['PUT', `/v1/tweets/${tweetId}/favorite`])
  await eventually(() => pushed(client).at(-1)?.notification.count === 2, { withinMs: 5_000 })
  for (const [how, path] of [
    ['mute', `/v1/users/${other.id}/mute`],
    ['block', `/v1/users/${other.id}/block`],
  ] as const) {
    await send(reader, ['PUT', path])
    const { notifications } = await list(reader)
    expect(notifications[0], how).toMatchObject({ actorIds: [third.id], count: 1 })
    const before = pushed(client).length
    const unheard = await post(cluster(), other, `@${reader.handle}, hey`)
    // Both live on one shard and, as far as this one sees, mostly in one order.
    const heard = await post(cluster(), third, `@${reader.handle}, ho`)
    const told = () =>
      pushed(client)
        .slice(before)
        .map(({ notification }) => notification.tweetId)
    await eventually(() => told().includes(heard), { withinMs: 5_000 })
    expect(told(), how).not.toContain(unheard)
    await send(third, ['DELETE', `/v1/tweets/${heard}`])
    await eventually(async () => (await list(reader)).notifications.length === 1, {
      withinMs: 5_000,
    })
    if (how === 'mute') await send(reader, ['DELETE', path])
  }
  client.close()
})
