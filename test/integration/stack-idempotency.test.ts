// Idempotency-Key over HTTP, through the whole server: whoever asks twice gets what the first time
// gave, and it happened once (I2).

import { expect, test } from 'vitest'
import { home, http, signUp } from '../helpers/people.ts'
import { handleOn, sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()

test('the same POST twice, and ten times at once, is one tweet and the same answer (I2)', async () => {
  const author = await signUp(cluster(), 'shard-1')
  const request = {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text: 'once only' },
    headers: { 'idempotency-key': 'key-1' },
  }
  const first = await http(cluster(), request)
  expect(first.status).toBe(201)
  const repeats = [
    await http(cluster(), request),
    ...(await Promise.all(Array.from({ length: 10 }, () => http(cluster(), request)))),
  ]
  for (const repeat of repeats) {
    expect(repeat.status).toBe(201)
    expect(repeat.body).toEqual(first.body)
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'))
  }
  expect((await home(cluster(), author)).tweets).toHaveLength(1)

  const another = await http(cluster(), { ...request, headers: { 'idempotency-key': 'key-2' } })
  expect(another.status).toBe(201)
  expect(another.body).not.toEqual(first.body)
  expect((await home(cluster(), author)).tweets).toHaveLength(2)
})

test('the key of one user means nothing for another', async () => {
  const people = [await signUp(cluster(), 'shard-0'), await signUp(cluster(), 'shard-0')]
  const ids = new Set<string>()
  for (const { token } of people) {
    const answer = await http(cluster(), {
      method: 'POST',
      path: '/v1/tweets',
      token,
      body: { text: 'mine' },
      headers: { 'idempotency-key': 'the-same' },
    })
    ids.add((answer.body as { tweet: { id: string } }).tweet.id)
  }
  expect(ids.size).toBe(2)
})

test('account.create twice with the same key and password is one account with a token each (I2)', async () => {
  const handle = handleOn('shard-0', 'once')
  const password = 'the only password'
  const request = {
    method: 'POST',
    path: '/v1/users',
    body: { handle, name: 'Once', password },
    headers: { 'idempotency-key': 'account-1' },
  }
  const answers = [await http(cluster(), request), await http(cluster(), request)]
  const sessions = answers.map(({ status, body }) => {
    expect(status).toBe(201)
    return body as { user: { id: string }; token: string }
  })
  expect(sessions[1]?.user.id).toBe(sessions[0]?.user.id)
  expect(sessions[1]?.token).not.toBe(sessions[0]?.token)
  for (const { token } of sessions) {
    const mine = await http(cluster(), { path: '/v1/timelines/home', token })
    expect(mine.status).toBe(200)
  }
  const wrong = { ...request, body: { ...request.body, password: 'another password' } }
  const otherKey = { ...request, headers: { 'idempotency-key': 'account-2' } }
  for (const refused of [wrong, otherKey]) {
    const answer = await http(cluster(), refused)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'handle_taken', retry: 'never' })
  }
})
