// Home timelines that are read again through the whole server: sent once more where nothing has changed, and never
// without what has.

import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { follow, http, type Person, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { Scrape } from '../helpers/scrape.ts'

const cluster = sharedCluster()

type Page = {
  readonly tweets: readonly { text: string; counts: { favorites: number }; viewer: object }[]
  readonly users: readonly { name: string }[]
  readonly position: string
}
type Reads = Readonly<Record<string, () => Promise<Page>>>

test('show whatever has changed, in each encoding, and are sent once more otherwise', async () => {
  const author = await signUp(cluster(), 'shard-0', 'a')
  const reader = await signUp(cluster(), 'shard-1', 'r')
  await follow(cluster(), reader, author)
  const id = await post(cluster(), author, 'first')
  const clients = [
    await TestClient.open(cluster().liveUrl, { token: reader.token }),
    await TestClient.open(cluster().liveUrl, { token: reader.token, encoding: 'json' }),
  ]
  const reads = readsOf(reader, clients as [TestClient, TestClient])
  await expectEach(reads, ({ tweets }) => tweets.map(({ text }) => text).join() === 'first')
  const before = await notModified()
  for (const read of Object.values(reads)) for (let again = 0; again < 15; again++) await read()
  // Some are not, where pages had been kept in vain while the tweet was on its way.
  expect((await notModified()) - before).toBeGreaterThan(20)

  const put = (person: Person, path: string, body: object = {}) =>
    http(cluster(), { method: 'PUT', path, token: person.token, body })
  await put(author, `/v1/tweets/${id}/favorite`)
  await expectEach(reads, ({ tweets }) => tweets[0]?.counts.favorites === 1)
  await put(reader, `/v1/tweets/${id}/bookmark`)
  await expectEach(reads, ({ tweets }) => JSON.stringify(tweets[0]).includes('"bookmarked":true'))
  await post(cluster(), author, 'second')
  await expectEach(reads, ({ tweets }) => tweets.map(({ text }) => text).join() === 'second,first')

  // Without what was deleted the page has no validator any more.
  const gone = await post(cluster(), author, 'to be deleted')
  await expectEach(reads, ({ tweets }) => tweets[0]?.text === 'to be deleted')
  for (const read of Object.values(reads)) for (let again = 0; again < 3; again++) await read()
  const path = `/v1/tweets/${gone}`
  await http(cluster(), { method: 'DELETE', path, token: author.token })
  await expectEach(reads, ({ tweets }) => tweets.map(({ text }) => text).join() === 'second,first')

  // What does not concern the page moves its position all the same.
  const { position } = await reads['HTTP']!()
  await post(cluster(), await signUp(cluster(), 'shard-0', 's'), 'elsewhere')
  await expectEach(reads, (page) => page.position !== position && page.tweets.length === 2)
  for (const client of clients) client.close()
})

test('show what a reader mutes no more, also where they had read it often', async () => {
  const author = await signUp(cluster(), 'shard-0', 'a')
  const reader = await signUp(cluster(), 'shard-0', 'r')
  await follow(cluster(), reader, author)
  await post(cluster(), author, 'first')
  const clients = [
    await TestClient.open(cluster().liveUrl, { token: reader.token }),
    await TestClient.open(cluster().liveUrl, { token: reader.token, encoding: 'json' }),
  ]
  const reads = readsOf(reader, clients as [TestClient, TestClient])
  for (const read of Object.values(reads)) for (let again = 0; again < 4; again++) await read()
  const path = `/v1/users/${author.id}/mute`
  await http(cluster(), { method: 'PUT', path, token: reader.token, body: {} })
  await expectEach(reads, ({ tweets }) => tweets.length === 0)
  await http(cluster(), { method: 'DELETE', path, token: reader.token })
  await expectEach(reads, ({ tweets }) => tweets.length === 1)
  for (const client of clients) client.close()
})

/** Every way of reading the page: each once is what the others are sent once more. */
function readsOf({ token }: Person, [binary, text]: [TestClient, TestClient]): Reads {
  const path = '/v1/timelines/home'
  const over = (client: TestClient) => async () => {
    const [, page] = await client.request('timeline.home', {})
    return page as Page
  }
  return {
    WebSocket: over(binary),
    'WebSocket, JSON': over(text),
    HTTP: async () => (await http(cluster(), { path, token })).body as Page,
  }
}

async function expectEach(reads: Reads, isAsItShould: (page: Page) => boolean): Promise<void> {
  for (const [name, read] of Object.entries(reads)) {
    // The reader's shard hears of it by the log.
    await eventually(async () => isAsItShould(await read()), {
      withinMs: 10_000,
      elseDump: async () => ({ name, page: await read() }),
    })
  }
}

async function notModified(): Promise<number> {
  const seen = await Scrape.of(cluster().portsOf('gateway-0').adminPort)
  return seen.value('rookery_gateway_pages_total', { outcome: 'not_modified' })
}
