// Who may do what with the running server: pages of other origins, strangers, people whose token has
// ended, people who reach for what is not theirs, and whoever finds an inner port. And what the
// server never tells: secrets in its logs and files.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { frameKinds } from '../../protocol/cluster.ts'
import { makeProof, nonceBytes } from '../../protocol/cluster-handshake.ts'
import { makeToken } from '../../protocol/credentials.ts'
import type { UserId } from '../../protocol/ids.ts'
import { clientFrameBytesMax, clusterHandshakeTimeoutMs } from '../../protocol/limits.ts'
import { operationsByCode } from '../../protocol/registry.ts'
import { listeningAddresses } from '../helpers/cluster-processes.ts'
import { eventually } from '../helpers/eventually.ts'
import { plausibleParams } from '../helpers/garbage-of-operations.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'
import { http, post, signUp } from '../helpers/people.ts'
import { runningCluster, sharedCluster } from '../helpers/running-cluster.ts'

const friendlyOrigin = 'https://app.example.org'
const cluster = sharedCluster({
  env: { ROOKERY_HOST: '0.0.0.0', ROOKERY_ORIGINS: friendlyOrigin },
})

const open = (options: Parameters<typeof TestClient.open>[1]) =>
  TestClient.open(cluster().liveUrl, options)

describe('a page of another origin', () => {
  test.each([
    'https://evil.example',
    'null',
    `${friendlyOrigin}.evil.example`,
    'http://app.example.org',
    'https://evil.example/?https://app.example.org',
  ])('%s cannot open a socket', async (origin) => {
    const { token } = await signUp(cluster())
    await expect(open({ token, headers: { origin } })).rejects.toThrow('refused with 403')
  })

  test('of the operator, and of the server itself, can', async () => {
    const { token } = await signUp(cluster())
    for (const origin of [friendlyOrigin, cluster().url]) {
      const client = await open({ token, headers: { origin } })
      expect((await client.request('timeline.home'))[2]).toBeUndefined()
      client.close()
    }
  })

  test('cannot use the cookie of its reader, and nobody can without an origin', async () => {
    const { token } = await signUp(cluster())
    const cookie = `rookery_session=${token}`
    const evil = { cookie, origin: 'https://evil.example' }
    await expect(open({ headers: evil })).rejects.toThrow('refused with 403')
    await expect(open({ headers: { cookie } })).rejects.toThrow('refused with 403')
    const request = { method: 'POST', path: '/v1/tweets', body: { text: 'forged' } }
    expect((await http(cluster(), { ...request, headers: evil })).status).toBe(403)
    expect((await http(cluster(), { ...request, headers: { cookie } })).status).toBe(403)
    const own = { cookie, origin: cluster().url }
    expect((await http(cluster(), { ...request, headers: own })).status).toBe(201)
  })
})

describe('a stranger', () => {
  test('is `unauthenticated` in every operation that is for people who signed in', async () => {
    const client = await open({})
    const forPeople = [...operationsByCode.values()].filter(({ access }) => access === 'user')
    expect(forPeople.length).toBeGreaterThan(5)
    for (const operation of forPeople) {
      const [, result, error] = await client.request(operation.name, plausibleParams(operation))
      expect(result, operation.name).toBeNull()
      expect(error, operation.name).toMatchObject({ code: 'unauthenticated', retry: 'never' })
    }
    client.close()
  })

  test('with a token that was made up is nobody, over either way', async () => {
    const victim = await signUp(cluster())
    const thief = await signUp(cluster(), 'shard-1')
    const bits = thief.token.split('_').slice(2).join('_')
    const forged = [
      makeToken(Number(victim.id) as UserId, Buffer.alloc(32, 7)),
      `rk_${Number(victim.id).toString(36)}_${bits}`,
      `${victim.token.slice(0, -1)}${victim.token.endsWith('A') ? 'B' : 'A'}`,
      'rk_zzzzzzzzzzz_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]
    for (const token of forged) {
      await expect(open({ token }), token).rejects.toThrow('refused with 401')
      const answer = await http(cluster(), { path: '/v1/timelines/home', token })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    }
  })
})

test('who signs out is out everywhere: sockets of the token within a second, HTTP at once', async () => {
  const { handle, password, token } = await signUp(cluster(), 'shard-1')
  const again = { method: 'POST', path: '/v1/sessions', body: { handle, password } }
  const other = ((await http(cluster(), again)).body as { token: string }).token
  const [leaving, sibling, elsewhere] = await Promise.all([
    open({ token }),
    open({ token, encoding: 'json' }),
    open({ token: other }),
  ])
  const startedAtMs = performance.now()
  expect((await leaving.request('session.end'))[1]).toEqual({})
  expect((await leaving.untilClosed()).code).toBe(4010)
  expect((await sibling.untilClosed()).code).toBe(4010)
  inTime('closing the sockets of a session that has ended', performance.now() - startedAtMs, 1_000)
  expect((await http(cluster(), { path: '/v1/timelines/home', token })).status).toBe(401)
  await expect(open({ token })).rejects.toThrow('refused with 401')
  expect((await elsewhere.request('timeline.home'))[2]).toBeUndefined()
  const ending = { method: 'DELETE', path: '/v1/sessions/current', token: other }
  expect((await http(cluster(), ending)).status).toBe(204)
  expect((await elsewhere.untilClosed()).code).toBe(4010)
  expect((await http(cluster(), { path: '/v1/timelines/home', token: other })).status).toBe(401)
})

test('a token that has run out opens nothing, and its sockets are closed', async () => {
  await using brief = await runningCluster({
    env: { ROOKERY_SESSION_LIFETIME: '3', ROOKERY_SESSION_CHECK_MS: '1000' },
  })
  const { token, handle, password } = await signUp(brief)
  const socket = await TestClient.open(brief.liveUrl, { token })
  const home = async () => (await http(brief, { path: '/v1/timelines/home', token })).status
  await eventually(async () => (await home()) === 401, { withinMs: 7_000 })
  expect((await socket.untilClosed()).code).toBe(4010)
  await expect(TestClient.open(brief.liveUrl, { token })).rejects.toThrow('refused with 401')
  const resumed = await TestClient.open(brief.liveUrl, {})
  const [, , error] = await resumed.request('session.resume', { token })
  expect(error).toMatchObject({ code: 'unauthenticated' })
  const again = { method: 'POST', path: '/v1/sessions', body: { handle, password } }
  expect((await http(brief, again)).status).toBe(201)
})

test.each(['shard-0', 'shard-1'] as const)(
  'the tweet of somebody else, who lives on %s, cannot be deleted',
  async (shard) => {
    const thief = await signUp(cluster(), 'shard-0', 'thief')
    const author = await signUp(cluster(), shard, 'author')
    const tweetId = await post(cluster(), author, 'mine')
    const path = `/v1/tweets/${tweetId}`
    const answer = await http(cluster(), { method: 'DELETE', path, token: thief.token })
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ code: 'forbidden', retry: 'never' })
    const client = await open({ token: thief.token })
    const [, , error] = await client.request('tweet.delete', { tweetId: Number(tweetId) })
    expect(error).toMatchObject({ code: 'forbidden', retry: 'never' })
    client.close()
    expect((await http(cluster(), { path, token: author.token })).status).toBe(200)
  },
)

test('a frame that is too large ends its socket and no other', async () => {
  const { token } = await signUp(cluster())
  const [greedy, good] = await Promise.all([open({ token }), open({ token })])
  greedy.socket.send(Buffer.alloc(clientFrameBytesMax + 1, 0x91))
  await greedy.untilClosed()
  expect((await good.request('timeline.home'))[2]).toBeUndefined()
  good.close()
})

describe('the port of a shard', () => {
  const nonce = Buffer.alloc(nonceBytes, 1)
  const hello = frame(frameKinds.hello, Buffer.concat([nonce, Buffer.from('gateway-9')]))
  const wrongProof = makeProof('not the secret', 'gateway', { gateway: nonce, shard: nonce })

  test.each([
    ['a request without a handshake', [frame(frameKinds.request, Buffer.alloc(64))], 0],
    ['a request of HTTP', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], 0],
    ['a frame that claims 4 GB', [Buffer.from('ffffffff10', 'hex')], 0],
    ['a proof without a hello', [frame(frameKinds.proof, wrongProof)], 0],
    ['a wrong proof', [hello, frame(frameKinds.proof, wrongProof)], 1],
    ['a hello, and then nothing', [hello], 1],
    ['nothing at all', [], 0],
  ] as const)('closes on %s, and tells nothing', async (_, chunks, challenges) => {
    const received = await untilClosedBy(cluster().portsOf('shard-0').port, chunks)
    // A challenge is a header of 5 bytes, a nonce and a proof.
    expect(received.length).toBe(challenges * (5 + 2 * nonceBytes))
  })
})

test('only the port for clients is open to others: shards and admin ports stay on loopback', () => {
  const { port } = cluster()
  for (const { name, pid } of cluster().processes()) {
    const addresses = listeningAddresses(pid)
    const open = addresses.filter((address) => !address.startsWith('127.0.0.1:'))
    expect(open, name).toEqual(name === 'gateway-0' ? [`0.0.0.0:${port}`] : [])
    expect(addresses.length, name).toBe(name === 'supervisor' ? 0 : 2)
  }
})

test('no token and no password is ever written to a log or a file', async () => {
  await using told = await runningCluster({ env: { ROOKERY_LOG_LEVEL: 'trace' } })
  const { handle, password, token } = await signUp(told, 'shard-0', 'secret')
  const email = 'somebody.secret@example.org'
  const wrong = 'a wrong password of somebody'
  const sessions = { method: 'POST', path: '/v1/sessions' }
  for (const body of [
    { handle, password },
    { handle, password: wrong },
    `{"handle":"${handle}","password":"${password}`,
    { handle, password: [password] },
    { handle: password, password: token },
  ]) {
    await http(told, { ...sessions, body })
  }
  await http(told, {
    method: 'POST',
    path: '/v1/users',
    body: { handle: 'with_email', name: 'E', password, email },
  })
  await http(told, { path: `/v1/timelines/home?token=${token}` })
  await http(told, { path: `/v1/users/${token}` })
  const client = await TestClient.open(told.liveUrl, {})
  await client.request('session.resume', { token })
  await client.request('session.resume', { token: `${token}x` })
  await client.request(token, { password })
  client.sendFrame([token, password])
  await http(told, { method: 'DELETE', path: '/v1/sessions/current', token })
  expect((await told.stop()).code).toBe(0)

  const bits = token.split('_').slice(2).join('_')
  for (const secret of [bits, password, wrong]) {
    expect(told.output).not.toContain(secret)
    for (const path of filesUnder(told.directory)) {
      expect(readFileSync(path).includes(secret), path).toBe(false)
    }
  }
  expect(told.output).not.toContain(email)
  expect(told.output).not.toMatch(/"level":(50|60)/)
})

/** `length | kind | body`, as the processes of a cluster write it. */
function frame(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32LE(1 + body.length, 0)
  head.writeUInt8(kind, 4)
  return Buffer.concat([head, body])
}

/** Writes the chunks, each when the one before was answered or at once, until the other side closes. */
async function untilClosedBy(port: number, chunks: readonly Buffer[]): Promise<Buffer> {
  const received: Buffer[] = []
  let isClosed = false
  const socket = connect(port, '127.0.0.1')
  const waiting = [...chunks]
  const writeNext = () => {
    const chunk = waiting.shift()
    if (chunk !== undefined) socket.write(chunk)
  }
  socket.on('connect', writeNext)
  socket.on('data', (bytes) => {
    received.push(bytes)
    writeNext()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    isClosed = true
  })
  await eventually(() => isClosed, { withinMs: clusterHandshakeTimeoutMs + 5_000 })
  return Buffer.concat(received)
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((path) => statSync(path).isFile())
}
