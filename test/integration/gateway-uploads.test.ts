// A gateway against a fake shard: what happens to the session of an upload while its file is on its way.

import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { failure } from '../../protocol/errors.ts'
import { firstIdAt } from '../../protocol/ids.ts'
import { elapse, eventually } from '../helpers/eventually.ts'
import { encodeAnswer } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld } from '../helpers/gateway-world.ts'
import { mediaFile } from '../helpers/media-files.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const file = mediaFile('gif', { width: 20, height: 10 })
const sessionCheckMs = 1_000

const startWorld = () =>
  startGatewayWorld({
    shard: {
      answer: ({ operation, params: { mediaId, width, height } }) =>
        operation.name === 'media.create'
          ? encodeAnswer(operation, { media: { id: mediaId, kind: 'photo', width, height } })
          : { error: failure('not_found') },
    },
    env: {
      ROOKERY_MEDIA_DIR: temporaryDirectory('uploads'),
      ROOKERY_SESSION_CHECK_MS: String(sessionCheckMs),
    },
  })

/** Sends the first half of a file, waits until `meanwhile` is over, and sends the second half. */
async function uploadSlowly(world: GatewayWorld, token: string, meanwhile: () => unknown) {
  const operationsOf = () => world.shard.requests.map(({ operation }) => operation.name)
  const request = httpRequest(`${world.httpUrl}/v1/media`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'image/gif',
      'content-length': file.length,
    },
  })
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.once('error', reject)
  })
  request.write(file.subarray(0, 7))
  await eventually(() => operationsOf().includes('session.resume'), { withinMs: 5_000 })
  await meanwhile()
  request.end(file.subarray(7))
  return { status: await answered, isTold: operationsOf().includes('media.create') }
}

test('an upload whose session goes on is told to the shard, however long it takes', async () => {
  await using world = await startWorld()
  const token = world.shard.makeToken(userId)
  const uploaded = await uploadSlowly(world, token, () => elapse(1.2 * sessionCheckMs))
  expect(uploaded).toEqual({ status: 201, isTold: true })
})

test('an upload whose session has ended meanwhile is refused, and told to nobody', async () => {
  await using world = await startWorld()
  const token = world.shard.makeToken(userId)
  const uploaded = await uploadSlowly(world, token, async () => {
    world.shard.endSession(token)
    const headers = { authorization: `Bearer ${token}` }
    const isEnded = async () =>
      (await fetch(`${world.httpUrl}/v1/users/@ada`, { headers })).status === 401
    await eventually(isEnded, { withinMs: 5_000 })
  })
  expect(uploaded).toEqual({ status: 401, isTold: false })
})

test('a session that ended when the gateway remembered it no more is found out as well', async () => {
  await using world = await startWorld()
  const token = world.shard.makeToken(userId)
  const uploaded = await uploadSlowly(world, token, async () => {
    await elapse(1.2 * sessionCheckMs)
    world.shard.tokens.delete(token)
  })
  expect(uploaded).toEqual({ status: 401, isTold: false })
})
