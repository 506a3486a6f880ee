// Tweets of somebody with very many followers through the whole server: delivered by threads, in every
// timeline and on every open socket once, with everything else going on (I2, I4, I8).

import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { follow, home, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const readerCount = 24
const tweetsEach = 15
const withinMs = 20_000
const cluster = sharedCluster({
  env: { ROOKERY_FANOUT_FOLLOWERS: '5', ROOKERY_FANOUT_WORKERS: '2' },
})

test('I2, I4, I8: each follower reads each tweet once, and each socket gets each once', async () => {
  const celebrity = await signUp(cluster(), 'shard-0', 'c')
  const friend = await signUp(cluster(), 'shard-1', 'f')
  const shards = ['shard-0', 'shard-1'] as const
  const readers = await Promise.all(
    Array.from({ length: readerCount }, (_, place) => signUp(cluster(), shards[place % 2], 'r')),
  )
  const sockets: TestClient[] = []
  for (const [place, reader] of readers.entries()) {
    await follow(cluster(), reader, celebrity)
    // Few follow the friend, whose tweets overtake those of the celebrity.
    if (place < 4) await follow(cluster(), reader, friend)
    const socket = await TestClient.open(cluster().liveUrl, { token: reader.token })
    await socket.request('live.subscribe', { channel: 'home' })
    sockets.push(socket)
  }
  const posted = await Promise.all(
    Array.from({ length: tweetsEach }, async (_, number) => ({
      celebrity: await post(cluster(), celebrity, `to very many ${number}`),
      friend: await post(cluster(), friend, `to a few ${number}`),
    })),
  )
  const expectedOf = (place: number): string[] =>
    posted.flatMap((one) => (place < 4 ? [one.celebrity, one.friend] : [one.celebrity])).sort()
  for (const [place, reader] of readers.entries()) {
    const expected = expectedOf(place)
    const ids = async () => (await home(cluster(), reader)).tweets.map(({ id }) => id)
    // Half of the readers live elsewhere: their shard hears of the last tweets a moment later.
    await eventually(async () => (await ids()).length >= expected.length, { withinMs })
    expect((await ids()).sort()).toEqual(expected)
  }
  const pushedTo = (socket: TestClient): string[] =>
    socket.answers().flatMap(([id, name, data]) => {
      const { tweet } = (data ?? {}) as { tweet?: { id: unknown } }
      return id === 0 && name === 'timeline.tweet' ? [String(tweet?.id)] : []
    })
  for (const [place, socket] of sockets.entries()) {
    const expected = expectedOf(place)
    await eventually(() => pushedTo(socket).length >= expected.length, { withinMs })
    expect(pushedTo(socket).sort()).toEqual(expected)
    socket.close()
  }
})
