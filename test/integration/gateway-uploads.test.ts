// A gateway against a fake shard: which uploads are let in, and what happens to the session and the key of one while
// its file is on its way.

import { readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { makeKey } from '../../protocol/apps.ts'
import { failure } from '../../protocol/errors.ts'
import { firstIdAt, type UserId } from '../../protocol/ids.ts'
import { elapse, eventually } from '../helpers/eventually.ts'
import { encodeAnswer } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld } from '../helpers/gateway-world.ts'
import { mediaFile } from '../helpers/media-files.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'
import { sendUpload } from '../helpers/uploads.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const file = mediaFile('gif', { width: 20, height: 10 })
const sessionCheckMs = 1_000

const startWorld = (directory = temporaryDirectory('uploads')) =>
  startGatewayWorld({
    shard: {
      answer: ({ operation, params: { mediaId, width, height } }) => {
        const media = { id: mediaId, kind: 'photo', width, height }
        const answers: Record<string, Record<string, unknown>> = {
          'media.room': { left: 1 },
          'media.create': { media },
          'app.identify': { appId: userId },
          'app.takeQuota': { granted: 9, left: 0, quota: 9, windowLeftMs: 60_000 },
        }
        const known = answers[operation.name]
        return known === undefined
          ? { error: failure('not_found') }
          : encodeAnswer(operation, known)
      },
    },
    env: {
      ROOKERY_MEDIA_DIR: directory,
      ROOKERY_SESSION_CHECK_MS: String(sessionCheckMs),
    },
  })

function filesIn(directory: string): string[] {
  const kept = readdirSync(directory, { recursive: true, withFileTypes: true })
  return kept.filter((entry) => entry.isFile()).map(({ name }) => name)
}

/** Sends the first half of a file, waits until `meanwhile` is over, and sends the second half. */
async function uploadSlowly(
  world: GatewayWorld,
  token: string,
  meanwhile: () => unknown,
  key?: string,
) {
  const operationsOf = () => world.shard.requests.map(({ operation }) => operation.name)
  const request = httpRequest(`${world.httpUrl}/v1/media`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'image/gif',
      'content-length': file.length,
      ...(key === undefined ? {} : { 'x-api-key': key }),
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
  const asked = key === undefined ? 'session.resume' : 'app.takeQuota'
  await eventually(() => operationsOf().includes(asked), { withinMs: 5_000 })
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

test('an upload for which its user has no room is refused, and nothing of it is kept', async () => {
  const directory = temporaryDirectory('uploads')
  await using world = await startWorld(directory)
  const token = world.shard.makeToken(userId)
  const { answer } = world.shard
  world.shard.answer = (request) =>
    request.operation.name === 'media.room'
      ? encodeAnswer(request.operation, { left: 0 })
      : answer(request)
  const body = Buffer.concat([file, Buffer.alloc(3 * 1024 * 1024)])
  const server = { url: world.httpUrl }
  const refused = await sendUpload(server, { body, contentType: 'image/gif', token })
  expect([refused.status, refused.body]).toMatchObject([409, { code: 'too_many_media' }])
  expect(world.shard.requests.map(({ operation }) => operation.name)).not.toContain('media.create')
  expect(filesIn(directory)).toEqual([])
})

test('an upload counts while it is under way: the last place is given once', async () => {
  await using world = await startWorld()
  const token = world.shard.makeToken(userId)
  const server = { url: world.httpUrl }
  const isRoomAsked = () =>
    world.shard.requests.some(({ operation }) => operation.name === 'media.room')
  const uploaded = await uploadSlowly(world, token, async () => {
    await eventually(isRoomAsked, { withinMs: 5_000 })
    const other = await sendUpload(server, { body: file, contentType: 'image/gif', token })
    expect([other.status, other.body]).toMatchObject([409, { code: 'too_many_media' }])
  })
  expect(uploaded).toEqual({ status: 201, isTold: true })
})

test('an upload whose API key was revoked meanwhile is refused, told to nobody, and not kept', async () => {
  const directory = temporaryDirectory('uploads')
  await using world = await startWorld(directory)
  const token = world.shard.makeToken(userId)
  const key = makeKey(userId as UserId, new Uint8Array(32))
  const { answer } = world.shard
  const uploaded = await uploadSlowly(
    world,
    token,
    async () => {
      world.shard.answer = (request) =>
        request.operation.name === 'app.identify'
          ? { error: failure('unauthenticated') }
          : answer(request)
      world.shard.endSession(key)
      const headers = { 'x-api-key': key }
      const isRevoked = async () =>
        (await fetch(`${world.httpUrl}/v1/users/@ada`, { headers })).status === 401
      await eventually(isRevoked, { withinMs: 5_000 })
    },
    key,
  )
  expect(uploaded).toEqual({ status: 401, isTold: false })
  expect(filesIn(directory)).toEqual([])
})
