// The client against a gateway that misbehaves on purpose.

import { afterEach, describe, expect, test } from 'vitest'
import type { ClientOptions } from '../../../../loadtest/client/client.ts'
import { CallFailure, Client } from '../../../../loadtest/client/client.ts'
import { later, Subscription } from '../../../../loadtest/client/subscription.ts'
import { eventually } from '../../../helpers/eventually.ts'
import type { Connection, Request } from '../fake-gateway.ts'
import { FakeGateway } from '../fake-gateway.ts'

const within = { withinMs: 5_000 }
const toClose: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

async function gatewayThat(answer: (request: Request, connection: Connection) => void) {
  const gateway = await FakeGateway.open(answer)
  toClose.push(() => gateway.close())
  return gateway
}

async function clientOf(gateway: FakeGateway, options: Partial<ClientOptions> = {}) {
  const client = await Client.open({ url: gateway.url, ...options })
  toClose.push(() => client[Symbol.asyncDispose]())
  return client
}

const tweet = (id: number) => ({
  id,
  authorId: 1,
  text: `text ${id}`,
  createdAt: 1,
  entities: { mentions: [], hashtags: [], urls: [] },
  counts: { favorites: 0, retweets: 0, replies: 0 },
})
const error = (code: string, retry: string) => ({ code, message: code, retry })

describe('a call', () => {
  test('is answered though the answers overtake each other', async () => {
    const held: Request[] = []
    const gateway = await gatewayThat((request, connection) => {
      held.push(request)
      if (held.length < 3) return
      connection.send(held.reverse().map(({ id }) => [id, { favorites: id }]))
    })
    const client = await clientOf(gateway)
    const favorite = () => client.call('tweet.favorite', { tweetId: 5 as never })
    const answers = await Promise.all([favorite(), favorite(), favorite()])
    expect(answers.map((answer) => answer.favorites)).toEqual([1, 2, 3])
  })

  test('that was lost is sent again with the same operation id', async () => {
    const gateway = await gatewayThat(({ id }, connection) => {
      if (connection.number === 1) connection.cut()
      else connection.send([id, { tweet: tweet(9) }])
    })
    const client = await clientOf(gateway, { token: 'secret' })
    const answer = await client.call('tweet.post', { text: 'hello' })
    expect(answer.tweet.id).toBe(9)
    const [first, second] = gateway.requests.map(({ params }) => params as { operationId: string })
    expect(second!.operationId).toBe(first!.operationId)
    const tokens = gateway.connections.map(({ authorization }) => authorization)
    expect(tokens).toEqual(['Bearer secret', 'Bearer secret'])
  })

  test('waits as long as the server says', async () => {
    const gateway = await gatewayThat(({ id }, connection) => {
      const isFirst = gateway.requests.length === 1
      const limited = { ...error('rate_limited', 'later'), retryAfterMs: 30 }
      connection.send(isFirst ? [id, null, limited] : [id, { favorites: 1 }])
    })
    const client = await clientOf(gateway)
    const startedMs = performance.now()
    await client.call('tweet.favorite', { tweetId: 5 as never })
    expect(performance.now() - startedMs).toBeGreaterThan(20)
  })

  test('that is refused for good is not repeated', async () => {
    const gateway = await gatewayThat(({ id }, connection) =>
      connection.send([id, null, error('handle_taken', 'never')]),
    )
    const client = await clientOf(gateway)
    const call = client.call('user.get', { user: { handle: 'ann' } })
    await expect(call).rejects.toMatchObject({ body: { code: 'handle_taken' }, attempts: 1 })
    expect(gateway.requests.length).toBe(1)
  })

  test('that is never answered ends after its timeouts', async () => {
    const gateway = await gatewayThat(() => undefined)
    const client = await clientOf(gateway, { timeoutMs: 50, retriesMax: 1 })
    const call = client.call('tweet.favorite', { tweetId: 5 as never })
    await expect(call).rejects.toMatchObject({ body: { code: 'timeout' }, attempts: 2 })
  })

  test('waits for its turn when enough are in flight', async () => {
    let answerAll: () => void = () => undefined
    const gateway = await gatewayThat((_, connection) => {
      answerAll = () => {
        for (const { id } of gateway.requests.splice(0)) connection.send([id, { favorites: 1 }])
      }
    })
    const client = await clientOf(gateway, { inFlightMax: 2 })
    let ended = 0
    const calls = Array.from({ length: 4 }, async () => {
      await client.call('tweet.favorite', { tweetId: 5 as never })
      ended++
    })
    await eventually(() => gateway.requests.length === 2, within)
    answerAll()
    await eventually(() => gateway.requests.length === 2, within)
    expect(ended).toBe(2)
    answerAll()
    await Promise.all(calls)
  })
})

describe('a client', () => {
  test('whom the server sends away does not come back', async () => {
    const gateway = await gatewayThat((_, connection) => connection.close(4010))
    const client = await clientOf(gateway)
    const call = client.call('tweet.favorite', { tweetId: 5 as never })
    await expect(call).rejects.toBeInstanceOf(CallFailure)
    await expect(client.connect()).rejects.toMatchObject({ body: { retry: 'never' } })
    expect(gateway.connections.length).toBe(1)
  })

  test('that signs in comes back signed in', async () => {
    const user = { id: 1, handle: 'ann', name: 'Ann', bio: '', createdAt: 1, protected: false }
    const counts = { tweets: 0, followers: 0, following: 0 }
    const gateway = await gatewayThat(({ id, operation }, connection) => {
      if (operation === 'session.create') {
        connection.send([id, { user: { ...user, counts }, token: 'rk_1_x' }])
      } else if (connection.number === 1) connection.close(4200)
      else connection.send([id, { favorites: 0 }])
    })
    const client = await clientOf(gateway)
    await client.call('session.create', { handle: 'ann', password: 'a password' })
    await client.call('tweet.favorite', { tweetId: 5 as never })
    expect(gateway.connections[1]!.authorization).toBe('Bearer rk_1_x')
  })

  test('that finds nobody says so', async () => {
    const gateway = await FakeGateway.open(() => undefined)
    const { url } = gateway
    await gateway.close()
    const opening = Client.open({ url, retriesMax: 1 })
    await expect(opening).rejects.toMatchObject({ body: { code: 'unavailable' }, attempts: 2 })
  })
})

describe('a live subscription', () => {
  const push = (id: number, position: string) => [
    0,
    'timeline.tweet',
    { tweet: tweet(id), users: [], position },
  ]

  async function subscribed(
    answers: readonly { position: string; recovered: boolean; tweets: readonly object[] }[],
  ) {
    const heard: (number | string)[] = []
    const gateway = await gatewayThat(({ id }, connection) =>
      connection.send([id, { ...answers[connection.number - 1], users: [] }]),
    )
    const subscription = await Subscription.open({
      url: gateway.url,
      onTweet: ({ id }) => heard.push(id),
      onHole: () => heard.push('hole'),
    })
    toClose.push(() => subscription[Symbol.asyncDispose]())
    return { gateway, subscription, heard }
  }

  test('goes on where it was, and hands on every tweet once', async () => {
    const { gateway, subscription, heard } = await subscribed([
      { position: 'a:5', recovered: false, tweets: [tweet(2), tweet(1)] },
      { position: 'a:8', recovered: true, tweets: [tweet(4), tweet(3)] },
    ])
    const [first] = gateway.connections
    first!.send(push(3, 'a:6'))
    await eventually(() => heard.length === 3, within)
    expect(heard).toEqual([1, 2, 3])
    first!.cut()
    await eventually(() => heard.length === 4, within)
    expect(heard).toEqual([1, 2, 3, 4])
    expect(gateway.requests[1]!.params).toEqual({ channel: 'home', position: 'a:6' })
    expect(subscription.repeats).toBe(1)
    expect(subscription.position).toBe('a:8')
  })

  test('tells of a hole', async () => {
    const { gateway, heard } = await subscribed([
      { position: 'a:5', recovered: false, tweets: [] },
      { position: 'b:1', recovered: false, tweets: [tweet(9)] },
    ])
    expect(heard).toEqual([])
    gateway.connections[0]!.close(4210)
    await eventually(() => heard.length === 2, within)
    expect(heard).toEqual(['hole', 9])
  })

  test('compares positions of one epoch only', () => {
    expect(later(undefined, 'a:1')).toBe('a:1')
    expect(later('a:9', 'a:10')).toBe('a:10')
    expect(later('a:10', 'a:9')).toBe('a:10')
    expect(later('a:10', 'b:1')).toBe('b:1')
  })
})
