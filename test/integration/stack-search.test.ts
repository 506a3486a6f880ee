// Search, tags and trends through the whole server: what is written on one shard is found on the other
// within a second of its acknowledgement, over HTTP and over a socket.

import { describe, expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { http, type Person, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()

type Page = { readonly tweets: readonly { readonly id: string }[] }

async function read<T>(path: string, person?: Person): Promise<T> {
  const answer = await http(cluster(), { path, token: person?.token })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as T
}

const idsAt = async (path: string, person?: Person) =>
  (await read<Page>(path, person)).tweets.map(({ id }) => id)

describe('a tweet', () => {
  test('is found on another shard within a second of its acknowledgement, and no longer when it is deleted', async () => {
    const author = await signUp(cluster(), 'shard-0', 'a')
    const reader = await signUp(cluster(), 'shard-1', 'r')
    const id = await post(cluster(), author, 'Ein Rabe krächzt überm Zwetschgenbaum')
    const path = '/v1/search/tweets?query=%22KR%C3%84CHZT+%C3%BCberm%22'
    await eventually(async () => (await idsAt(path, reader)).includes(id), { withinMs: 1_000 })
    expect(await idsAt(path, author), 'at once for its author').toContain(id)
    await eventually(async () => (await idsAt(path)).includes(id), { withinMs: 1_000 })
    await http(cluster(), { method: 'DELETE', path: `/v1/tweets/${id}`, token: author.token })
    await eventually(async () => !(await idsAt(path, reader)).includes(id), { withinMs: 1_000 })
  })

  test('with a tag in any script is on the page of the tag, and is pushed to who listens', async () => {
    const author = await signUp(cluster(), 'shard-0', 'a')
    const reader = await signUp(cluster(), 'shard-1', 'r')
    const client = await TestClient.open(cluster().liveUrl, {
      token: reader.token,
      encoding: 'json',
    })
    const [, stream, error] = await client.request('live.subscribe', { channel: 'tag:黒ネコ' })
    expect(error).toBeUndefined()
    expect(stream).toMatchObject({ recovered: false })
    const id = await post(cluster(), author, 'ほら #黒ネコ')
    await eventually(() => client.answers().some(([first]) => first === 0), { withinMs: 5_000 })
    const push = client.answers().find(([first]) => first === 0)
    expect(push).toMatchObject([0, 'timeline.tweet', { channel: 'tag:黒ネコ', tweet: { id } }])
    const path = `/v1/timelines/tags/${encodeURIComponent('黒ネコ')}`
    expect(await idsAt(path, reader)).toEqual([id])
    await eventually(async () => (await idsAt(path)).includes(id), { withinMs: 1_000 })
    client.close()
  })
})

test('people are found by the beginning of their name, and a topic of several people is a trend', async () => {
  const people: Person[] = []
  for (const shard of ['shard-0', 'shard-1', 'shard-0'] as const) {
    people.push(await signUp(cluster(), shard, 'q'))
  }
  for (const person of people) await post(cluster(), person, 'here it comes: #Sonnenfinsternis')
  const [first] = people
  const found = () =>
    read<{ users: { id: string }[] }>(`/v1/search/users?query=${first!.handle}`, people[1])
  await eventually(async () => (await found()).users[0]?.id === first!.id, { withinMs: 1_000 })
  const trends = () => read<{ trends: { name: string }[] }>('/v1/trends')
  await eventually(
    async () => (await trends()).trends.some(({ name }) => name === '#Sonnenfinsternis'),
    { withinMs: 1_000 },
  )
  expect(await read('/v1/suggestions', first)).toHaveProperty('users')
})

test('a query that cannot be understood is answered with the field', async () => {
  const answer = await http(cluster(), { path: '/v1/search/tweets?query=since:soon' })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ code: 'bad_request', field: 'query' })
})
