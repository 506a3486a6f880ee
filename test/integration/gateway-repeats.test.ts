// A socket that says the same again and again, against a fake shard: each time it is asked as whoever is signed in by
// then.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeKey } from '../../protocol/apps.ts'
import { firstIdAt } from '../../protocol/ids.ts'
import { eventually } from '../helpers/eventually.ts'
import type { FakeAnswer, FakeRequest } from '../helpers/fake-shard.ts'
import { encodeAnswer, makeUser } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'

const first = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const other = first + 16

/** Requests that the shard grants to a key at its first word; it says no second one. One is for the upgrade. */
const quota = 4
const grant = { granted: quota, left: 3, quota: 9, windowLeftMs: 60_000 }
let isGranted = false

function answer({ operation, frame }: FakeRequest): FakeAnswer {
  if (operation.name === 'app.identify') return encodeAnswer(operation, { appId: first })
  if (operation.name === 'app.takeQuota') {
    if (isGranted) return 'silence'
    isGranted = true
    return encodeAnswer(operation, grant)
  }
  if (operation.name !== 'timeline.home') return 'silence'
  const users = [makeUser(frame.actor)]
  return encodeAnswer(operation, { tweets: [], users, position: 'k:1' })
}

let world: GatewayWorld
beforeAll(async () => {
  world = await startGatewayWorld({ shard: { answer } })
})
afterAll(() => world[Symbol.asyncDispose]())

const reads = () =>
  world.shard.requests.filter(({ operation }) => operation.name === 'timeline.home')
const readerOf = async (answered: Promise<unknown[]>) => {
  const [, page] = await answered
  return (page as { users: readonly { id: number }[] }).users[0]!.id
}

test('is asked as who is signed in by then, with the same parameters', async () => {
  const client = await TestClient.open(world.liveUrl, { token: world.shard.makeToken(first) })
  const read = () => readerOf(client.request('timeline.home', { limit: 7 }))
  for (let again = 0; again < 3; again++) expect(await read()).toBe(first)
  await client.request('session.resume', { token: world.shard.makeToken(other) })
  for (let again = 0; again < 3; again++) expect(await read()).toBe(other)
  expect(reads().map(({ params }) => params)).toEqual(Array(6).fill({ limit: 7 }))
  client.close()
})

test('is asked as who is signed in by then, also where it has waited for a quota', async () => {
  const client = await TestClient.open(world.liveUrl, {
    token: world.shard.makeToken(first),
    headers: { 'x-api-key': makeKey(first as never, new Uint8Array(32)) },
  })
  const ask = () => client.send('timeline.home', { limit: 7 })
  for (let again = 1; again < quota - 1; again++) {
    expect(await readerOf(client.answerTo(ask()))).toBe(first)
  }
  const resumed = client.send('session.resume', { token: world.shard.makeToken(other) })
  const waiting = ask()
  await client.answerTo(resumed)
  const asked = await eventually(
    () => world.shard.requests.findLast(({ operation }) => operation.name === 'app.takeQuota'),
    { withinMs: 5_000 },
  )
  world.shard.answerLate(asked, grant)
  expect(await readerOf(client.answerTo(waiting))).toBe(other)
  client.close()
})
